// SPDX-License-Identifier: Apache-2.0
// A serial number's bar code or a QR code, read by the camera.
import { useEffect, useRef, useState } from 'react';
import { Sheet } from '../../../shared/ui/sheet';
import { makeReader } from '../reader';

export function Scan({ found, close }: { found: (text: string) => void; close: () => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const [trouble, setTrouble] = useState('');
  const tell = useRef(found);
  tell.current = found;
  useEffect(() => {
    let stream: MediaStream | undefined;
    let ended = false;
    const look = async () => {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
      const reader = await makeReader();
      while (!ended && video.current) {
        if (video.current.srcObject !== stream) {
          video.current.srcObject = stream;
          await video.current.play();
        }
        const text = (await reader.read(video.current))?.trim();
        if (text && !ended) return tell.current(text);
        await new Promise((done) => setTimeout(done, 150));
      }
    };
    const stop = () => stream?.getTracks().forEach((track) => track.stop());
    look()
      .catch((error: unknown) => !ended && setTrouble(error instanceof Error && error.name === 'NotAllowedError' ? 'The camera was not allowed: type the number instead.' : 'The camera cannot be used: type the number instead.'))
      .finally(stop);
    return () => {
      ended = true;
      stop();
    };
  }, []);
  return (
    <Sheet title="Scan a serial number" close={close}>
      {trouble ? <p role="alert">{trouble}</p> : <p>Hold the bar code or QR code before the camera. Nothing of the picture leaves this device.</p>}
      <video ref={video} muted playsInline className="scan" aria-label="What the camera sees" />
      <div className="actions">
        <button onClick={close}>Cancel</button>
      </div>
    </Sheet>
  );
}
