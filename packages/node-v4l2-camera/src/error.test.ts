import { constants } from 'node:os';
import test from 'ava';
import { systemError } from './error.js';

const { EACCES, EBUSY, ENODEV, ENOENT, ENOSPC, ENOTTY, EINVAL, ERANGE } = constants.errno;

for (const [errno, syscall, code, words] of [
  [EBUSY, 'VIDIOC_S_FMT', 'EBUSY', /in use by another program.*fuser/],
  [EACCES, 'open', 'EACCES', /no permission.*group/],
  [EACCES, 'VIDIOC_S_CTRL', 'EACCES', /does not allow this now/],
  [ENODEV, 'VIDIOC_DQBUF', 'ENODEV', /gone/],
  [ENOENT, 'open', 'ENOENT', /no such device/],
  [ENOSPC, 'VIDIOC_STREAMON', 'ENOSPC', /USB bandwidth.*MJPG/],
  [ENOTTY, 'VIDIOC_QUERYCAP', 'ENOTTY', /not a Video4Linux device/],
  [ENOTTY, 'VIDIOC_G_FMT', 'ENOTTY', /does not support this request/],
  [EINVAL, 'VIDIOC_S_FMT', 'EINVAL', /invalid argument/],
  [ERANGE, 'VIDIOC_S_CTRL', 'ERANGE', /./],
] as const) {
  test(`${code} of ${syscall} explains the problem and the remedy`, (t) => {
    const error = systemError(errno, syscall, '/dev/video0');
    t.like(error, { name: 'V4l2Error', code, errno, syscall, path: '/dev/video0' });
    t.regex(error.message, words);
    t.true(error.message.startsWith('/dev/video0: '));
    t.true(error.message.endsWith(`(${syscall}: ${code})`));
    t.false(error.message.includes('\n'));
  });
}

test('an unknown errno is reported by its number', (t) => {
  t.like(systemError(4000, 'ioctl', '/dev/video0'), { code: 'E4000', errno: 4000 });
});
