// SPDX-License-Identifier: Apache-2.0
// What tokens and channels have in common: a sheet that makes one, and one that shows what is told once.
import { useMutation } from '@tanstack/react-query';
import { QRCodeSVG } from 'qrcode.react';
import type { FormEvent, ReactNode } from 'react';
import { Sheet } from '../../../shared/ui/sheet';
import { Refused } from '../../../shared/ui/states';

export interface Made {
  title: string;
  lines: string[];
  use?: string; // what to do with it
  scan?: true; // the first line also as a picture, for a device with a camera
}

export function Once({ made, close }: { made: Made; close: () => void }) {
  return (
    <Sheet title={made.title} close={close}>
      <p>This is shown once: keep it now. {made.use ?? 'Whoever has it can use it.'}</p>
      {made.lines.map((line) => (
        <pre key={line}>{line}</pre>
      ))}
      {made.scan && <QRCodeSVG value={made.lines[0]!} size={208} marginSize={4} title="The line as a QR code" role="img" />}
      <div className="actions">
        <button className="primary" onClick={close}>
          I have kept it
        </button>
      </div>
    </Sheet>
  );
}

export function MakeSheet({ title, action, make, close, children }: { title: string; action: string; make: (form: FormData) => Promise<unknown>; close: () => void; children: ReactNode }) {
  const work = useMutation({ mutationFn: make, onSuccess: close });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    work.mutate(new FormData(event.currentTarget));
  };
  return (
    <Sheet title={title} close={close}>
      <form onSubmit={submit}>
        {children}
        <div className="actions">
          <button className="primary" disabled={work.isPending}>
            {action}
          </button>
          <button type="button" onClick={close}>
            Cancel
          </button>
        </div>
      </form>
      <Refused error={work.error} />
    </Sheet>
  );
}
