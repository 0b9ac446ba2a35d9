// Small modules, each making one kind of element better. Pages work without them.
import { startAdding } from "./adding.js";
import { startBasket } from "./basket.js";
import { startCashier } from "./cashier.js";
import { startCheckout } from "./checkout.js";
import { startClaim } from "./claim.js";
import { startConfirming } from "./confirm.js";
import { startCountdowns } from "./countdown.js";
import { startDelivering } from "./deliver.js";
import { startDivisions } from "./divisions.js";
import { startFiles } from "./files.js";
import { startForms } from "./form.js";
import { startGalleries } from "./gallery.js";
import { startGiving } from "./giving.js";
import { startLanguage } from "./language.js";
import { startLive } from "./live.js";
import { startMe } from "./me.js";
import { startSharing } from "./share.js";
import { startSheets } from "./sheet.js";
import { startDeliveryLine, startSpecSheet } from "./spec-sheet.js";
import { startSteppers } from "./stepper.js";
import { startTabs } from "./tabs.js";
import { startText } from "./text.js";
import { startToasts } from "./toast.js";
import { startUnsaved } from "./unsaved.js";

for (const start of [
  startText,
  startSheets,
  startSteppers,
  startTabs,
  startDivisions,
  startAdding,
  startUnsaved,
  startFiles,
  startForms,
  startClaim,
  startGiving,
  startConfirming,
  startBasket,
  startCheckout,
  startCashier,
  startLanguage,
  startMe,
  startToasts,
  startCountdowns,
  startGalleries,
  startSharing,
  startDelivering,
  startSpecSheet,
  startDeliveryLine,
  startLive,
]) {
  start();
}
