export { type Settings as WebSettings, settings as webSettings } from './config.ts';
