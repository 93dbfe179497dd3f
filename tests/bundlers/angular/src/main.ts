import { Component, provideZonelessChangeDetection } from '@angular/core'
import { bootstrapApplication } from '@angular/platform-browser'
import '../main.js'

@Component({ selector: 'app-root', template: 'An app that keeps an array' })
class App {}

bootstrapApplication(App, { providers: [provideZonelessChangeDetection()] })
