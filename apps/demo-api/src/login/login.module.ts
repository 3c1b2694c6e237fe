import { Module } from '@nestjs/common';
import { EditorGuard } from './editors-only.js';
import { LoginController } from './login.controller.js';
import { Sessions } from './sessions.js';

@Module({ controllers: [LoginController], providers: [Sessions, EditorGuard], exports: [Sessions, EditorGuard] })
export class LoginModule {}
