export { runSearchCommands, SearchCommandsModule } from './search-commands.module.js';
