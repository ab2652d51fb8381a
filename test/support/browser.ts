import { chromium, type Browser } from 'playwright-core'
import { findChromium } from '../../scripts/systemPackages.ts'

/** Starts Chromium without a window, quiet, and able to run as root in a container. */
export async function launchBrowser(): Promise<Browser> {
  return await chromium.launch({
    executablePath: findChromium(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
    ],
  })
}
