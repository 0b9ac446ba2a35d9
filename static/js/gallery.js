// A swipeable row of pictures (scroll-snap does the moving); counts "1 / 6" and lets thumbnails choose.
export const startGalleries = () => {
  // A crop's year opens at the month it is.
  for (const month of document.querySelectorAll(".season .here")) {
    const year = month.parentElement;
    year.scrollLeft = month.offsetLeft - year.offsetLeft - year.clientWidth / 2 + month.clientWidth / 2;
  }
  for (const gallery of document.querySelectorAll("[data-gallery]")) {
    const track = gallery.querySelector(".gallery-track");
    const count = gallery.querySelector(".gallery-count");
    const thumbs = [...gallery.querySelectorAll("[data-picture]")];
    const total = track.children.length;
    const show = () => {
      const at = Math.round(track.scrollLeft / track.clientWidth);
      if (count) count.textContent = `${at + 1} / ${total}`;
      thumbs.forEach((thumb, i) => {
        if (i === at) thumb.setAttribute("aria-current", "true");
        else thumb.removeAttribute("aria-current");
      });
    };
    track.addEventListener("scroll", show, { passive: true });
    thumbs.forEach((thumb, i) =>
      thumb.addEventListener("click", () => track.scrollTo({ left: i * track.clientWidth, behavior: "smooth" })),
    );
    show();
  }
};
