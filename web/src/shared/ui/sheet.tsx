// SPDX-License-Identifier: Apache-2.0
// One sheet before anything that changes more than what one sees: what happens, to how many, and why.
import { useMutation } from '@tanstack/react-query';
import type { FormEvent, ReactNode } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { Refused } from './states';

export function Sheet({ title, close, wide, children }: { title: string; close: () => void; wide?: boolean; children: ReactNode }) {
  return (
    <ModalOverlay isOpen isDismissable onOpenChange={(open) => !open && close()}>
      <Modal className={wide ? 'react-aria-Modal wide' : 'react-aria-Modal'}>
        <Dialog>
          <Heading slot="title">{title}</Heading>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

// Before what reaches far and takes no reason: what will happen, and a second press.
export function SureSheet({ title, action, danger = true, act, done, close, children }: { title: string; action: string; danger?: boolean; act: () => Promise<unknown>; done?: () => Promise<unknown> | void; close: () => void; children: ReactNode }) {
  const work = useMutation({
    mutationFn: act,
    onSuccess: async () => {
      await done?.();
      close();
    },
  });
  return (
    <Sheet title={title} close={close}>
      {children}
      <div className="actions">
        <button className={danger ? 'danger' : 'primary'} disabled={work.isPending} onClick={() => work.mutate()}>
          {action}
        </button>
        <button onClick={close}>Cancel</button>
      </div>
      <Refused error={work.error} />
    </Sheet>
  );
}

interface ReasonSheetProps {
  title: string;
  action: string; // what the button says
  danger?: boolean;
  reason?: string; // stands there already, and may be changed
  act: (why: string) => Promise<unknown>;
  done: () => Promise<unknown> | void;
  close: () => void;
  children: ReactNode; // what happens, and what cannot be undone
}

export function ReasonSheet({ title, action, danger, reason, act, done, close, children }: ReasonSheetProps) {
  const work = useMutation({
    mutationFn: act,
    onSuccess: async () => {
      await done();
      close();
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    work.mutate(String(new FormData(event.currentTarget).get('why')));
  };
  return (
    <Sheet title={title} close={close}>
      {children}
      <form onSubmit={submit}>
        <label>
          Why (for the audit log)
          <input name="why" defaultValue={reason} required minLength={3} maxLength={500} autoFocus autoComplete="off" />
        </label>
        <div className="actions">
          <button className={danger ? 'danger' : 'primary'} disabled={work.isPending}>
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
