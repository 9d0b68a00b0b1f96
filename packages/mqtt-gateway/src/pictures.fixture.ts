/** A test picture of 48 by 32 pixels, as libavcodec's mjpeg encoder makes it, in Base64. */
const BASE64 = [
  '/9j/4AAQSkZJRgABAgAAAQABAAD//gAQTGF2YzU5LjM3LjEwMAD/2wBDAAg+Pkk+SVVVVVVVVWRdZGhoaGRkZGRoaGhwcHCDg4NwcHBoaHBwfHyD',
  'g4+Tj4eHg4eTk5ubm7q6srLZ2eD/////xAGiAAABBQEBAQEBAQAAAAAAAAAAAQIDBAUGBwgJCgsBAAMBAQEBAQEBAQEAAAAAAAABAgMEBQYHCAkK',
  'CxAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpT',
  'VFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo',
  '6erx8vP09fb3+Pn6EQACAQIEBAMEBwUEBAABAncAAQIDEQQFITEGEkFRB2FxEyIygQgUQpGhscEJIzNS8BVictEKFiQ04SXxFxgZGiYnKCkqNTY3',
  'ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqCg4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV',
  '1tfY2dri4+Tl5ufo6ery8/T19vf4+fr/wAARCAAgADADARIAAhIAAxIA/9oADAMBAAIRAxEAPwDxWPlhXX2oBc+y5H5gf1rnex6cdz2KbUZXeyTb',
  '+4+Hq/A/l+Z3DLtA/WtGTtX0dOKj69z0on31Cq606knsrKPktfz6ny+B+3/27+p5C/3jQ/3jX2kdgjserV+N/L8gq/G/l+R9Pv8AdND/AHTX8LR3',
  'CO55NX4H8vzCr8D+X5nljsVxiqknavv6ba2OaJhhacaqqKS7a9Vvsz3MD9v/ALd/U9zjOUB/z1rzW0JzIOwKn8x/9av0Nu+pwR2PJjB01yvdH1lX',
  '438vyPLrU/O3uv8AUVrxTqDjB/T/ABr1o7n59Km/I/P6vwP5fmfr3OqjsvxOuk7VrNIpGfWv3aJ+Fww8pK6cfx/yPzfA/b/7d/U6HSlOUo7ONt+t',
  '+qtc8Lf7xr0jzlU4wf8AP41/VEdj8lhh5LrH8f8AI7avxv5fkfmEqEou11+P+R6u/wB01wksTEZ4r+cI7n73HFw7S+5f5n3NX4H8vzPk/Zumru2n',
  'Y5yTtWIEK4759K/Oon7f9YjLZS/D/M/QcD9v/t39TSjOLUneyja9/M9AtBzIf93+RqP7OzDOV/X/AAr4SOx9DN3PSq/G/l+R7kcRCSvaX4f5n//Z',
].join('');

const plain = Buffer.from(BASE64, 'base64');
/** Bytes of a comment segment. */
const COMMENT = 60_004;

/** The picture, filled up with comments to about `bytes`, and said to be of this width: enough for who reads the headers. */
export function picture(bytes = 0, width = 48): Uint8Array<ArrayBuffer> {
  const comment = Buffer.alloc(COMMENT, 'x');
  comment.writeUInt32BE(0xfffeea62);
  const comments = Array.from({ length: Math.floor(bytes / COMMENT) }, () => comment);
  const whole = Buffer.concat([plain.subarray(0, 2), ...comments, plain.subarray(2)]);
  whole.writeUInt16BE(width, whole.indexOf(Buffer.from([0xff, 0xc0])) + 7);
  return new Uint8Array(whole);
}
