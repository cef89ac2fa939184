// SPDX-License-Identifier: Apache-2.0
#include "verb_rows.hpp"

#include <algorithm>
#include <iterator>

namespace oakum::cli {

std::string_view about(std::string_view noun) {
    struct Noun {
        std::string_view name, text;
    };
    static constexpr Noun kNouns[] = {
        {"device", "managed things: what they run, what they are exposed to"},
        {"edit", "imports, bulk actions and replacements: what they did, and undoing it"},
        {"view", "lists under a name: query, order and columns"},
        {"group", "named sets of devices, and what they inherit"},
        {"advisory", "vulnerabilities, and whether we are hit"},
        {"finding", "what is exposed to what, and why"},
        {"exception", "what people decided about findings, and until when"},
        {"vex", "what you say about vulnerabilities, for others"},
        {"fix", "which update removes most of the risk"},
        {"exposure", "how exposed the fleet is"},
        {"figures", "what each day added up to, and what moved it"},
        {"report", "what a report says of the past"},
        {"support-end", "until when makers mend what runs"},
        {"policy", "until when what is open has to be fixed"},
        {"window", "when devices may be changed, by their own clocks"},
        {"freeze", "when nothing is changed, and for whom"},
        {"calendar", "when windows are open and freezes hold"},
        {"budget", "how many devices that stand in for each other may be out of service at once"},
        {"firmware", "firmware versions with an SBOM"},
        {"feed", "advisory data: import it, see its age"},
        {"source", "from where advisory data is fetched"},
        {"connector", "other management systems: connect, test, sync"},
        {"apple", "iPhones and iPads that Oakum itself manages"},
        {"import", "take a fleet over from another update server"},
        {"job", "long work on the server"},
        {"artifact", "files that devices install"},
        {"release", "artifacts with a version, signed"},
        {"intake", "what a release has to show before it is published"},
        {"rollout", "bring a release to devices in waves"},
        {"proof", "how long holes stayed open"},
        {"evidence", "signed archives for auditors: make, take along, check"},
        {"key", "signing keys in files, without a server; and whether those of the server sign"},
        {"log", "what a server has published, for all to check: releases, roots, heads of the audit log"},
        {"audit", "who changed what and why; check the log"},
        {"user", "people and their roles"},
        {"totp", "the authenticator of your account"},
        {"sign-in-rules", "what signing in asks for"},
        {"provider", "the identity provider at which people sign in"},
        {"retention", "how long things are kept"},
        {"session", "who is signed in, and ending it"},
        {"token", "API tokens for programs"},
        {"enrolment", "let devices in"},
        {"lwm2m", "LwM2M devices: name them, with the key that they prove themselves by"},
        {"backup", "one file that makes the server again"},
        {"alarm", "what somebody has to know and to do"},
        {"channel", "where alarms are told: webhook, mail, Slack, Teams"},
        {"system", "the server itself"},
        {"support", "let somebody help, without telling secrets"},
        {"sbom", "say what a firmware or a device is made of"},
        {"query", "the language that asks for devices"},
        {"version", "the order of versions, by scheme"},
        {"cvss", "scores of CVSS vectors"},
        {"kernel", "Linux kernels, by version"},
        {"cpe", "names of products"}};
    for (const Noun& each : kNouns)
        if (each.name == noun) return each.text;
    return "";
}

const std::vector<Verb>& verbs() {
    static const std::vector<Verb> kVerbs = [] {
        std::vector<Verb> all;
        for (const auto part :
             {device_verbs, view_verbs, edit_verbs, exposure_verbs, policy_verbs, feed_verbs, connector_verbs,
              apple_verbs, release_verbs, evidence_verbs, audit_verbs, people_verbs, system_verbs})
            std::ranges::move(part(), std::back_inserter(all));
        return all;
    }();
    return kVerbs;
}

} // namespace oakum::cli
