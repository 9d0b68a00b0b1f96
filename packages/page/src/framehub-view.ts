// The script for pages of others: it makes <framehub-view> known, and shows the hub that it came from.
import '@framehub/client/element';
