// SPDX-License-Identifier: Apache-2.0
#include <explain/finding.hpp>

#include <cmath>

namespace oakum::explain {
namespace {

using Reply = Explanation::Reply;

std::string percent(double share) {
    const auto tenths = static_cast<std::int64_t>(std::lround(share * 1000));
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %";
}

} // namespace

std::string authority(std::string_view source, bool stated) {
    if (stated) return "The maker of the software says so; that goes before every other source.";
    if (source == "csaf" || source == "openvex" || source == "cyclonedx")
        return "What its maker published about this product goes before every other source.";
    if (source == "debian" || source == "alpine")
        return "The distribution's own tracker decides about its packages, before other copies of its "
               "advisories; CVE records and NVD are not asked.";
    if (source == "osv")
        return "The distribution's or ecosystem's own advisory decides about its packages, before CVE "
               "records "
               "and NVD.";
    if (source == "own notice")
        return "An advisory of this house decides: no other source speaks of this component.";
    if (source == "apple") return "Apple's own releases decide about Apple's systems.";
    if (source == "cve5")
        return "The CVE record decides, its publisher before those who add to it: no distribution or "
               "ecosystem speaks of this component.";
    if (source == "nvd")
        return "NVD's record decides: no source that is closer to the maker says anything about this "
               "version.";
    return "No source says enough to decide.";
}

Explanation explain(const FindingFacts& facts) {
    Explanation told;
    const bool affected = facts.affected == Reply::yes, unknown = facts.affected == Reply::unknown;
    const auto add = [&](std::string question, Reply answer, std::string because,
                         std::vector<Explanation::Input> inputs = {}) {
        told.steps.push_back({std::move(question), answer, std::move(because), std::move(inputs)});
    };
    add("Is it affected?", facts.affected, facts.evidence,
        {{"component", facts.component, facts.software, facts.software_since}});
    add("Who says so?", facts.stated || !facts.source.empty() ? Reply::yes : Reply::unknown,
        authority(facts.source, facts.stated),
        {{"source", facts.stated ? "statement of the maker" : facts.source, "advisory data",
          facts.disclosed}});
    if (!facts.others.empty()) {
        std::string all;
        for (const std::string& other : facts.others)
            all += (all.empty() ? "" : " ") + other;
        add("Who else speaks of it?", Reply::yes, all);
    }
    if (facts.exploited)
        add("Is it exploited?", Reply::yes,
            "It is known to be exploited" +
                (facts.exploited_since ? " since " + base::to_date(*facts.exploited_since) : std::string()) +
                ".",
            {{"exploited", "yes", "advisory data", facts.exploited_since}});
    else
        add("Is it exploited?", facts.likelihood ? Reply::no : Reply::unknown,
            facts.likelihood
                ? "Not that anybody says; within 30 days with a likelihood of " + percent(*facts.likelihood) +
                      (facts.until_now
                           ? ", and at some time until now with at least " + percent(*facts.until_now) + "."
                           : std::string("."))
                : "Nobody says that it is, and nobody gave a likelihood.");
    if (affected && !facts.risk.empty()) add("How much does it weigh?", Reply::yes, facts.risk);
    if (affected && !facts.here.empty()) add("How severe is it on this device?", Reply::yes, facts.here);
    if (affected && !facts.due.empty()) add("Until when has it to be fixed?", Reply::yes, facts.due);
    if (!facts.decided.empty())
        add("Did anybody decide about it?", Reply::yes,
            "It is " + facts.decided + "." + (facts.decided_open ? " It stays open." : ""),
            {{"exception", facts.decided, "decided by people", facts.decided_at}});
    if (facts.first_seen)
        add("Since when is it known here?", Reply::yes,
            "Since " + base::to_iso8601(*facts.first_seen) + ", " + in_words(facts.now - *facts.first_seen) +
                " ago.",
            {{"first seen", base::to_iso8601(*facts.first_seen), "findings", facts.first_seen}});
    if (facts.affected == Reply::no) {
        told.sentence = facts.device + " is not affected by " + facts.advisory + ": " + facts.evidence;
        return told;
    }
    std::string fix;
    Reply there = Reply::no;
    if (facts.release && facts.release->fits && facts.release->state == "published") {
        there = Reply::yes;
        fix = facts.release->name + " is here, fits this device and ends it.";
    } else if (facts.release && facts.release->fits) {
        fix = facts.release->name + " ends it and is " +
              (facts.release->state == "draft" ? "not published yet" : facts.release->state) + ".";
    } else if (facts.release) {
        fix = facts.release->name + " ends it for its model, but does not fit this device as it is now.";
    } else if (!facts.fixed_in.empty()) {
        fix = "The maker fixed it in " + facts.fixed_in + "; no release with that is here: bring it in.";
    } else {
        there = unknown ? Reply::unknown : Reply::no;
        fix = "No version that ends it is known.";
    }
    add("Is there a fix?", there, fix);
    if (unknown) {
        told.sentence = "Whether " + facts.device + " is affected by " + facts.advisory +
                        " cannot be told, which is not the same as clean: " + facts.evidence;
        return told;
    }
    told.steps.push_back(facts.not_now);
    if (!facts.decided.empty() && !facts.decided_open) {
        told.sentence = facts.device + " runs " + facts.component + ", which " + facts.advisory +
                        " is about; it is " + facts.decided + ".";
        return told;
    }
    told.sentence = facts.device + " is affected by " + facts.advisory +
                    (facts.exploited ? ", which is exploited now" : "") + ", through " + facts.component +
                    ". " + (facts.decided.empty() ? "" : "It is " + facts.decided + ". ") + fix + " " +
                    facts.not_now.because;
    return told;
}

} // namespace oakum::explain
