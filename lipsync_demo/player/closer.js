/* Shows the mouth of a video closer. `box` is left, top, width and height in shares of the
   picture, which may be smaller than the element that shows it; null shows the whole. */
const MOST_CLOSER = 12;

const closer = (video, box, moved = [0, 0]) => {
  const [wide, high] = [video.clientWidth, video.clientHeight];
  if (!box || !wide || !high || !video.videoWidth) {
    video.style.transform = "";
    return;
  }
  const fit = Math.min(wide / video.videoWidth, high / video.videoHeight);
  const [across, down] = [video.videoWidth * fit, video.videoHeight * fit];
  const [left, top, width, height] = box;
  const scale = Math.min(MOST_CLOSER, Math.max(1, Math.min(wide / (width * across), high / (height * down))));
  const middle = [
    (wide - across) / 2 + (left + width * (0.5 + moved[0])) * across,
    (high - down) / 2 + (top + height * (0.5 + moved[1])) * down,
  ];
  const shift = [wide / 2 - scale * middle[0], high / 2 - scale * middle[1]];
  video.style.transformOrigin = "0 0";
  video.style.transform = `translate(${shift[0]}px, ${shift[1]}px) scale(${scale})`;
};
