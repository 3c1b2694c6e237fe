export { Address } from './address.entity.js';
export { EditorSession } from './editor-session.entity.js';
export { Passage } from './passage.entity.js';
export { President } from './president.entity.js';
