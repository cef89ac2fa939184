// SPDX-License-Identifier: Apache-2.0
#include "evidence_texts.hpp"

#include <array>

namespace oakum::server {

namespace {

constexpr std::array kParts = std::to_array<EvidencePart>({
    {.file = "inventory.csv",
     .path = "/api/v1/devices",
     .says = "devices with owner, group, criticality, exposure, versions, when they were last heard of and "
             "what is open on "
             "them, when the pack was made",
     .by_query = true},
    {.file = "exposure-windows.csv",
     .path = "/api/v1/proof/exposure-windows",
     .says = "how long holes stayed open, as it was at the end of the period",
     .by_query = true,
     .to_end = true},
    {.file = "deadlines.csv",
     .path = "/api/v1/proof/deadlines",
     .says =
         "whether deadlines were kept, kept late, overdue or excepted at the end of the period, of all of "
         "them and by group",
     .by_query = true,
     .to_end = true},
    {.file = "deadlines.json",
     .path = "/api/v1/proof/deadlines",
     .says = "the same, with the policy that was in force and what each figure means",
     .table = false,
     .by_query = true,
     .to_end = true},
    {.file = "exceptions.csv",
     .path = "/api/v1/exceptions",
     .says = "what people accepted, mitigated, suppressed or ruled out, by whom, why, on what evidence, who "
             "approved, until when: whatever was asked for, counted or ended in the period, on all devices "
             "that its "
             "maker sees",
     .by_period = true},
    {.file = "findings.csv",
     .path = "/api/v1/findings",
     .says = "what is open or cannot be told, for each advisory and component, with the rule that decided",
     .by_query = true},
    {.file = "exposure.json",
     .path = "/api/v1/exposure",
     .says = "the figures of the devices when the pack was made",
     .table = false,
     .by_query = true},
    {.file = "fixes.csv",
     .path = "/api/v1/fixes",
     .says = "which updates end how much, and where they stand",
     .by_query = true},
    {.file = "figures.csv",
     .path = "/api/v1/figures",
     .says =
         "what each day of the period added up to, for the whole fleet, or for the one group that its maker "
         "sees",
     .by_period = true},
    {.file = "groups.csv", .path = "/api/v1/groups", .says = "named sets of devices and what they inherit"},
    {.file = "standing.csv", .path = "/api/v1/figures/now", .says = "where each group stands"},
    {.file = "rollouts.csv", .path = "/api/v1/rollouts", .says = "plans, their state and progress"},
    {.file = "releases.csv", .path = "/api/v1/releases", .says = "what can be installed, and what it ends"},
    {.file = "edits.csv", .path = "/api/v1/edits", .says = "imports and bulk actions"},
    {.file = "sources.csv",
     .path = "/api/v1/feeds",
     .says = "where advisories come from, when they were last read, what was rejected"},
    {.file = "alarms.csv", .path = "/api/v1/alarms", .says = "what somebody had to know"},
    {.file = "audit.csv",
     .path = "/api/v1/audit",
     .says = "who decided what and why in the period: each record names the digest of the one before it",
     .by_period = true},
    {.file = "audit-check.json",
     .path = "/api/v1/audit/verify",
     .says = "whether the chain of the audit log is whole, how many records it has and the digest of its "
             "newest: the pack's "
             "signature makes it a checkpoint",
     .table = false},
});

constexpr std::array kControls = std::to_array<EvidenceControl>({
    {"iso-27001", "A.5.9", "inventory of information and other associated assets",
     "inventory.csv groups.csv"},
    {"iso-27001", "A.8.8", "management of technical vulnerabilities",
     "sources.csv findings.csv exposure-windows.csv deadlines.csv exceptions.csv fixes.csv figures.csv"},
    {"iso-27001", "A.8.15", "logging", "audit.csv audit-check.json"},
    {"iso-27001", "A.8.16", "monitoring activities", "alarms.csv figures.csv"},
    {"iso-27001", "A.8.19", "installation of software on operational systems",
     "releases.csv summaries/ rollouts.csv rollouts/"},
    {"iso-27001", "A.8.32", "change management", "rollouts.csv rollouts/ edits.csv audit.csv"},
    {"nist-800-53", "CM-3", "configuration change control", "rollouts.csv rollouts/ edits.csv audit.csv"},
    {"nist-800-53", "CM-8", "system component inventory", "inventory.csv groups.csv"},
    {"nist-800-53", "RA-5", "vulnerability monitoring and scanning", "sources.csv findings.csv"},
    {"nist-800-53", "SI-2", "flaw remediation",
     "exposure-windows.csv deadlines.csv deadlines.json exceptions.csv exceptions/ fixes.csv rollouts.csv "
     "rollouts/ figures.csv"},
    {"nist-800-53", "AU-9", "protection of audit information", "audit-check.json"},
    {"nist-800-53", "AU-10", "non-repudiation", "audit.csv audit-check.json"},
    {"nist-800-40", "inventory", "what there is, with owner and criticality", "inventory.csv groups.csv"},
    {"nist-800-40", "response", "for each vulnerability the response that was chosen, and by whom",
     "findings.csv fixes.csv exceptions.csv exceptions/ audit.csv"},
    {"nist-800-40", "verify", "that patches were deployed and their effect was verified",
     "rollouts.csv rollouts/ exposure-windows.csv"},
    {"nist-800-40", "metrics", "measured for each group, not one average",
     "standing.csv figures.csv exposure-windows.csv deadlines.csv"},
    {"iec-62443-2-3", "patch lifecycle", "the state of patches for each asset",
     "inventory.csv rollouts.csv rollouts/ fixes.csv"},
    {"iec-62443-2-3", "deferral", "what is not patched, and why",
     "findings.csv exceptions.csv exceptions/ audit.csv"},
    {"pci-dss-4", "6.3.1", "vulnerabilities are identified and ranked", "sources.csv findings.csv"},
    {"pci-dss-4", "6.3.2", "an inventory of software components", "inventory.csv findings.csv"},
    {"pci-dss-4", "6.3.3", "patches are installed in time",
     "exposure-windows.csv deadlines.csv exceptions.csv rollouts.csv rollouts/ figures.csv"},
});

const std::array kStandards{
    api::EvidenceStandard{"general", "No standard: all files, without a table of controls"},
    api::EvidenceStandard{"iso-27001", "ISO/IEC 27001:2022, annex A"},
    api::EvidenceStandard{"nist-800-53", "NIST SP 800-53, revision 5"},
    api::EvidenceStandard{"nist-800-40", "NIST SP 800-40, revision 4"},
    api::EvidenceStandard{"iec-62443-2-3", "IEC TR 62443-2-3"},
    api::EvidenceStandard{"pci-dss-4", "PCI DSS 4"}};

} // namespace

std::span<const EvidencePart> evidence_parts() {
    return kParts;
}
std::span<const EvidenceControl> evidence_controls() {
    return kControls;
}
std::span<const api::EvidenceStandard> evidence_standards() {
    return kStandards;
}

const std::string_view kEvidenceReadme = R"(An evidence pack of Oakum.

about.json        for which standard, period and devices, when and by whom it was made, of which groups ("scope"; null:
                  the whole fleet), what is not in it and why
controls.csv      which file answers which control of the standard
definitions.txt   what each figure means
SHA256SUMS        the digest of each file
SHA256SUMS.sig    its signature (Ed25519, 64 bytes)
key.pem           the public key

Check it without a server:

    oakum evidence verify PACK.tar --key ID

ID is the key's, as the server tells it to people ("oakum evidence key", or the page Proof). With everyday tools, in a
folder where the pack was unpacked:

    openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig
    sha256sum --check --quiet SHA256SUMS

The key's ID is the SHA-256 of its last 32 bytes:

    openssl pkey -pubin -in key.pem -outform DER | tail -c 32 | sha256sum
)";

const std::string_view kEvidenceDefinitions = R"(What the figures of this pack mean.

device            managed and not retired; what was only seen on a network is counted by no figure
open              a hole of a component that the device runs, with the verdict "affected"
exposed           a device with at least one open hole
exploited         open to something that is known to be used in attacks now
overdue           a deadline has passed; it runs from the later of the hole's disclosure and the first sight of the device
kept              the device was proven to be rid of the hole by its deadline; kept late: after it
excepted          it is open, and people had accepted, suppressed or ruled it out; such a hole is counted neither as
                  overdue nor as kept
mitigated         something else makes it less likely or less harmful; it stays open, and overdue when it is
cannot tell       nothing is known of the device's software, or the data does not say whether it is affected; never
                  counted as safe
verified          after an update the device itself reported the new version and stayed healthy; installed alone is not
exposure window   from when a device could be known to have a hole until it was verified to be closed; medians and 90 %
                  marks count holes that are still open as at least as long as they have lasted so far
risk              points: the likelihood and effect of what is open on each device, weighed by how critical and how exposed
                  it is, added up

Lists are of when the pack was made; exposure windows, deadlines, daily figures, exceptions and the audit log are of the
period. How much an exception covers is of when the pack was made.

Nothing is in the pack that whoever made it may not see. "scope" in about.json names the groups of devices that they saw, and
"all devices" means those of these groups then; where it is null, they saw the whole fleet.
)";

} // namespace oakum::server
