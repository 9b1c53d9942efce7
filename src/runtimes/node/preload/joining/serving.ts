/** What only a process that listens needs, or one that stands by to; the second file of the preload. */
export { LoadedFiles } from '../modules/loaded-files.ts';
export { Participant } from './participant.ts';
export { ServedListener } from '../sockets/served-listener.ts';
export { standByImporting, standByRequiring } from '../standby/standby.ts';
