// SPDX-License-Identifier: Apache-2.0
// From a list whose rows are devices or lead to them: to these devices, with the sheet open that changes them all. What
// would be changed, and how many, is said there before anything is.
import { Link } from '@tanstack/react-router';
import { useMay } from '../api/me';

export function useMayChange(): boolean {
  const may = useMay();
  return may('device.edit') || may('device.operate') || may('device.revoke');
}

export function ChangeDevices({ query, label, children }: { query: string; label?: string; children: string }) {
  return useMayChange() ? (
    <Link to="/devices" search={{ query, sheet: 'change' }} className="button" aria-label={label}>
      {children}
    </Link>
  ) : null;
}
