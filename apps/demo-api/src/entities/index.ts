export { Address } from './address.entity.js';
export { Passage } from './passage.entity.js';
export { President } from './president.entity.js';
