export { connect, listen } from './listen.js';
export { type Received, receiveDescriptors, sendDescriptors, socketPair } from './descriptors.js';
export { UnixError } from './error.js';
export { lock } from './lock.js';
export { notify } from './notify.js';
export { type Peer, peerOf } from './peer.js';
