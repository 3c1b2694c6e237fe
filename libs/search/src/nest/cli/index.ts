export { runSearchCommand, runSearchCommands } from './run-search-commands.js';
