export { House, play, until } from '@framehub/testing';
