// SPDX-License-Identifier: Apache-2.0
// People ask whole questions: "are we hit by CVE-2024-6387?" looks for the id alone.
export function asked(typed: string): string {
  return /\bCVE-\d{4}-\d{4,}\b/i.exec(typed)?.[0] ?? typed.trim();
}

// What looks like an advisory's id has a page even when nobody holds it: the page says so, with the newest record's date.
export function isAdvisoryId(text: string): boolean {
  return /^(CVE|GHSA|ASB-A|PUB-A|DSA|USN|PYSEC|RUSTSEC|GO|OSV)-[\w-]+$/i.test(text);
}
