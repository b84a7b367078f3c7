import { BuyerRoom } from '../../browser/buyer-room.ts';

/** Opens the buyer's room of this origin, before the market that the page names. */
export function openMarketRoom(): Promise<BuyerRoom> {
  return BuyerRoom.open({ api: apiUrl(), origin: location.origin });
}

/** What the serving API is called by those who ask it. */
export function apiUrl(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="api-url"]')?.content ?? '';
}
