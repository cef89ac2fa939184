// SPDX-License-Identifier: Apache-2.0
// What reads a bar code or a QR code in a picture: the browser itself where it can, a library elsewhere, which is
// loaded when somebody scans.
export interface Reader {
  read(video: HTMLVideoElement): Promise<string | undefined>;
}

interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}

const LONGEST = 1280; // px of a picture that is looked at: a label fills most of it

function own(): Reader | undefined {
  const Own = (globalThis as { BarcodeDetector?: new () => Detector }).BarcodeDetector;
  if (!Own) return undefined;
  const detector = new Own();
  return { read: async (video) => (await detector.detect(video))[0]?.rawValue };
}

async function fromLibrary(): Promise<Reader> {
  const { BinaryBitmap, DecodeHintType, HTMLCanvasElementLuminanceSource, HybridBinarizer, MultiFormatReader, NotFoundException, ChecksumException, FormatException } =
    await import('@zxing/library');
  const library = new MultiFormatReader();
  library.setHints(new Map([[DecodeHintType.TRY_HARDER, true]]));
  const canvas = document.createElement('canvas');
  return {
    async read(video) {
      const scale = Math.min(1, LONGEST / Math.max(video.videoWidth, video.videoHeight));
      canvas.width = Math.round(video.videoWidth * scale);
      canvas.height = Math.round(video.videoHeight * scale);
      const context = canvas.getContext('2d', { willReadFrequently: true });
      if (!context || canvas.width === 0 || canvas.height === 0) return undefined;
      context.drawImage(video, 0, 0, canvas.width, canvas.height);
      try {
        return library.decodeWithState(new BinaryBitmap(new HybridBinarizer(new HTMLCanvasElementLuminanceSource(canvas)))).getText();
      } catch (error) {
        // No code in this picture, or none that could be made out: the next one may have it.
        if (error instanceof NotFoundException || error instanceof ChecksumException || error instanceof FormatException) return undefined;
        throw error;
      }
    },
  };
}

export const canScan = () => navigator.mediaDevices !== undefined;
export const makeReader = async (): Promise<Reader> => own() ?? (await fromLibrary());
