// Defines <framehub-view> in another page. It shows cameras of the hub that the script was loaded from.
import '@framehub/client/element';
