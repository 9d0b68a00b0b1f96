export { picture } from '@framehub/testing';
