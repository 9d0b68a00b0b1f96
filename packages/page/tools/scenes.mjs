/**
 * What the cameras of the screenshots see: drawn, so that nobody's garage is shown. Each is SVG of 1280 by 720 at a time
 * from 0 to 1, with the light at its edges that cheap lenses have.
 */
const VIGNETTE = `<radialGradient id="v" r=".75"><stop offset=".55" stop-opacity="0"/><stop offset="1" stop-opacity=".45"/></radialGradient>`;

const svg = (defs, content) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1280 720" width="1280" height="720"><defs>${VIGNETTE}${defs}</defs>
  ${content}<rect width="1280" height="720" fill="url(#v)"/></svg>`;

const gradient = (id, ...stops) =>
  `<linearGradient id="${id}" x2="0" y2="1">${stops.map((colour, i) => `<stop offset="${i / (stops.length - 1)}" stop-color="${colour}"/>`).join('')}</linearGradient>`;

/** A vase that grows layer by layer on the bed. */
function printer(time) {
  const layers = Array.from({ length: 26 }, (_, i) => {
    const width = 70 + 38 * Math.sin(i / 6.5 + 0.4);
    return `<rect x="${640 - width}" y="${552 - i * 8}" width="${2 * width}" height="7.4" rx="3.7" fill="url(#clay)"/>`;
  });
  const x = 640 + 80 * Math.sin(time * 2 * Math.PI);
  return svg(
    gradient('wall', '#39434d', '#252c33') +
      gradient('bed', '#3c3f44', '#1d1f22') +
      `<linearGradient id="clay"><stop stop-color="#b3552f"/><stop offset=".35" stop-color="#f08a5a"/><stop offset="1" stop-color="#9c4524"/></linearGradient>`,
    `<rect width="1280" height="720" fill="url(#wall)"/>
    <g fill="#15181b"><rect x="170" width="54" height="640"/><rect x="1056" width="54" height="640"/></g>
    <g fill="#2b3036"><rect x="178" width="10" height="640"/><rect x="1064" width="10" height="640"/></g>
    <polygon points="300,560 980,560 1130,690 150,690" fill="url(#bed)"/>
    <g stroke="#565b61" stroke-width="1.5" opacity=".7">
      ${[0, 1, 2, 3, 4, 5, 6, 7].map((i) => `<line x1="${300 + i * 97}" y1="560" x2="${150 + i * 140}" y2="690"/>`).join('')}
      <line x1="255" y1="600" x2="1025" y2="600"/><line x1="205" y1="642" x2="1075" y2="642"/>
    </g>
    <ellipse cx="640" cy="566" rx="150" ry="14" opacity=".4"/>
    ${layers.join('')}
    <rect x="170" y="190" width="940" height="30" fill="#101214"/><rect x="170" y="195" width="940" height="6" fill="#3a4047"/>
    <g transform="translate(${x} 0)">
      <rect x="-52" y="160" width="104" height="110" rx="10" fill="#1a1d20"/><circle cy="212" r="30" fill="#2c3136"/><circle cy="212" r="9" fill="#14171a"/>
      <polygon points="-26,270 26,270 9,322 -9,322" fill="#c9a15a"/><polygon points="-9,322 9,322 3,342 -3,342" fill="#e5c27e"/>
    </g>`,
  );
}

/** Clouds over hills. */
function garden(time) {
  const cloud = (x, y, size) =>
    `<g fill="#fff" opacity=".85" transform="translate(${((x + time * 160) % 1500) - 110} ${y}) scale(${size})"><circle r="34"/><circle cx="42" cy="-14" r="44"/><circle cx="92" r="36"/><rect x="-10" y="2" width="110" height="34" rx="17"/></g>`;
  const tree = (x, y, size) =>
    `<g transform="translate(${x} ${y}) scale(${size})"><rect x="-9" y="-40" width="18" height="70" fill="#5a4330"/><circle cy="-90" r="62" fill="#3f7a49"/><circle cx="-34" cy="-62" r="44" fill="#356b40"/><circle cx="36" cy="-58" r="46" fill="#4a8a54"/></g>`;
  return svg(
    gradient('sky', '#5fa4dc', '#bfe0f4', '#f6e9cf') + gradient('lawn', '#7db35a', '#4d8038'),
    `<rect width="1280" height="720" fill="url(#sky)"/><circle cx="1010" cy="150" r="56" fill="#fff3c4"/>
    ${cloud(180, 130, 1)}${cloud(720, 90, 0.7)}${cloud(1120, 210, 0.9)}
    <path d="M0 430Q220 330 470 410T900 390T1280 400V720H0Z" fill="#8fb8a0"/><path d="M0 490Q330 400 640 470T1280 450V720H0Z" fill="#6e9f76"/>
    <path d="M0 560Q420 500 760 545T1280 530V720H0Z" fill="url(#lawn)"/>
    ${tree(210, 560, 1.3)}${tree(420, 545, 0.8)}${tree(1080, 560, 1.5)}
    <g fill="#e9e3d6"><rect x="640" y="470" width="150" height="100"/><polygon points="625,474 715,412 805,474" fill="#a4533c"/><rect x="700" y="512" width="36" height="58" fill="#6b4a35"/><rect x="656" y="496" width="28" height="28" fill="#8fb6cf"/><rect x="750" y="496" width="28" height="28" fill="#8fb6cf"/></g>`,
  );
}

/** A car in the light of a lamp that swings a little. */
function garage(time) {
  const light = 640 + 26 * Math.sin(time * 2 * Math.PI);
  return svg(
    gradient('back', '#4a4640', '#33302c') +
      gradient('floor', '#5c5750', '#37342f') +
      gradient('paint', '#3f7f95', '#1f4a5a') +
      `<radialGradient id="lamp" cx="${light / 1280}" cy=".1" r=".75"><stop stop-color="#ffe9b8" stop-opacity=".75"/><stop offset="1" stop-color="#ffe9b8" stop-opacity="0"/></radialGradient>`,
    `<rect width="1280" height="520" fill="url(#back)"/><rect y="520" width="1280" height="200" fill="url(#floor)"/>
    <g fill="#5b564e"><rect x="60" y="170" width="250" height="14"/><rect x="60" y="290" width="250" height="14"/></g>
    <g><rect x="80" y="112" width="54" height="58" fill="#8d5b3c"/><rect x="146" y="92" width="40" height="78" fill="#5f7d57"/><rect x="204" y="124" width="80" height="46" fill="#75706a"/><rect x="92" y="236" width="96" height="54" fill="#4f6375"/><circle cx="246" cy="262" r="28" fill="#2a2825"/></g>
    <g stroke="#77705f" stroke-width="7"><line x1="1090" y1="150" x2="1090" y2="470"/><line x1="1150" y1="170" x2="1150" y2="470"/></g><path d="M1060 150h60l-8 60h-44z" fill="#8b8676"/>
    <ellipse cx="650" cy="610" rx="390" ry="34" opacity=".45"/>
    <path d="M300 560q-8-84 62-104l86-14q62-84 132-88h120q86 4 150 90l96 22q64 18 60 94v22q0 16-18 16H318q-18 0-18-18z" fill="url(#paint)"/>
    <path d="M478 440q46-62 100-64h42v66zm164 2v-66h60q62 4 106 68z" fill="#bcd3da" opacity=".85"/>
    <g fill="#16181a"><circle cx="432" cy="590" r="62"/><circle cx="868" cy="590" r="62"/></g><g fill="#9ba3a8"><circle cx="432" cy="590" r="30"/><circle cx="868" cy="590" r="30"/></g>
    <rect x="296" y="510" width="44" height="18" rx="9" fill="#f5d9a0"/>
    <line x1="640" y1="0" x2="${light}" y2="64" stroke="#1a1815" stroke-width="4"/><path d="M${light - 46} 92q46-56 92 0z" fill="#1f1d1a"/><ellipse cx="${light}" cy="93" rx="34" ry="9" fill="#fff2cf"/>
    <rect width="1280" height="720" fill="url(#lamp)"/>`,
  );
}

/** A porch at dusk; a moth at the lamp. */
function door(time) {
  const angle = time * 2 * Math.PI;
  return svg(
    gradient('brick', '#7d4d3f', '#553128') +
      gradient('wood', '#2f5b4f', '#1d3d35') +
      `<radialGradient id="glow" cx=".72" cy=".3" r=".55"><stop stop-color="#ffd98c" stop-opacity=".8"/><stop offset="1" stop-color="#ffd98c" stop-opacity="0"/></radialGradient>`,
    `<rect width="1280" height="720" fill="url(#brick)"/>
    <g stroke="#46271f" stroke-width="3" opacity=".6">${Array.from({ length: 12 }, (_, i) => `<line y1="${i * 52}" x2="1280" y2="${i * 52}"/>`).join('')}${Array.from({ length: 110 }, (_, i) => `<line x1="${(i % 10) * 132 + (Math.floor(i / 10) % 2) * 66}" y1="${Math.floor(i / 10) * 52}" x2="${(i % 10) * 132 + (Math.floor(i / 10) % 2) * 66}" y2="${Math.floor(i / 10) * 52 + 52}"/>`).join('')}</g>
    <rect y="610" width="1280" height="110" fill="#4b4641"/><rect x="380" y="590" width="440" height="40" fill="#6a645d"/>
    <rect x="420" y="90" width="360" height="504" fill="#d9cfbd"/><rect x="444" y="114" width="312" height="480" fill="url(#wood)"/>
    <g fill="none" stroke="#17322b" stroke-width="6"><rect x="480" y="300" width="104" height="250"/><rect x="616" y="300" width="104" height="250"/></g>
    <g fill="#f2cf86" opacity=".9"><rect x="480" y="150" width="104" height="110"/><rect x="616" y="150" width="104" height="110"/></g><circle cx="728" cy="410" r="12" fill="#d8b45e"/>
    <path d="M905 160h36l14 90h-64z" fill="#ffe6a8"/><path d="M892 148h62v14h-62zM898 250h50v12h-50z" fill="#1c1a18"/>
    <g transform="translate(190 500)"><rect width="150" height="110" fill="#b98a57"/><rect x="62" width="26" height="110" fill="#d8b07c"/><rect x="14" y="66" width="40" height="26" fill="#f3ead9"/></g>
    <path d="M1010 612q-30-150 40-230q-4 80 20 110q20-60 70-80q-30 70-20 200z" fill="#355f3b"/><path d="M1000 600h130l-16 70h-98z" fill="#8b4a34"/>
    <rect width="1280" height="720" fill="url(#glow)"/><ellipse cx="${922 + 70 * Math.cos(angle)}" cy="${205 + 40 * Math.sin(2 * angle)}" rx="6" ry="4" fill="#fffbe8"/>`,
  );
}

export const SCENES = { printer, garage, garden, door };
