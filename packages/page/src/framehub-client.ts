// The client library for pages without a bundler: import { connect } from 'http://HOST:8090/framehub-client.js'
export * from '@framehub/client';
