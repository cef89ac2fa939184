// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <advisory/file.hpp>
#include <advisory/kernel_build.hpp>
#include <component/component.hpp>
#include <component/cpe.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::advisory {

enum class Verdict : std::uint8_t { affected, not_affected, fixed, unknown };
std::string_view to_string(Verdict verdict);
enum class Confidence : std::uint8_t { low, medium, high };
std::string_view to_string(Confidence confidence);

// Why a verdict is what it is.
enum class Reason : std::uint8_t {
    version_in_range,    // affected
    version_listed,      // affected: named one by one
    affected_by_default, // affected: every version that the record does not exempt
    stated_affected,     // affected: the maker of the software set says so
    version_outside,     // not affected
    above_listed_ranges, // not affected: the record is silent above the ranges that it ends
    other_platform,      // not affected: needs a platform that this is not
    stated_not_affected, // not affected: the maker says so
    version_fixed,       // fixed: at or above the version that ends the range
    patch_level_fixed,   // fixed: Android's patch level says so
    stated_fixed,        // fixed: the maker says so
    version_unreadable,  // unknown: the component's version has no order
    version_missing,     // unknown
    range_unreadable,    // unknown: the record's versions are free text or commits
    not_stated,          // unknown: the record does not speak of this version
    platform_unknown,    // unknown: needs a platform that nobody has declared
    edition_unknown,     // unknown: speaks of an edition or target that the component does not state
    newer_branch_only,   // unknown: fixed in a newer branch, nothing said about this one
    chipset_dependent,   // unknown: Android, depends on the chipset
    under_investigation, // unknown: the maker looks into it
    code_not_built,      // not affected: the kernel was built without the files that have the fault
    never_affected,      // not affected: its source says that no version has the fault
    undetermined         // unknown: its source has not determined it
};
std::string_view to_string(Reason reason);

// What is known of the device around a component: conditions such as "running on" are decided against it.
class Platform {
  public:
    Platform() = default; // nothing is known
    // The other components of the set, and what lies beneath it: of an app the operating system and the
    // hardware, of packages the image. What a set says of its own system outranks what lies beneath.
    explicit Platform(std::span<const component::Component> set,
                      std::span<const component::Component> beneath = {});

    // Of all that is there under "a:vendor:product": version and update as one text each.
    std::vector<std::string> versions(std::string_view key) const;
    bool knows(char part) const { return part == 'h' ? hardware_ : part == 'o' ? system_ : applications_; }
    const std::string& distribution() const {
        return distribution_;
    } // "Debian:12", from an os-release component
    const std::string& family() const {
        return family_;
    } // "linux", "android", "ios", "macos", "windows" or ""
    // Names of the hardware: "iPhone16,1" for an Apple device, "Google" (its maker) for an Android device.
    const std::vector<std::string>& hardware() const { return hardware_names_; }
    // Whether packages of the set say which source they are built from: whoever writes that leaves it out
    // only where it has the package's own name.
    bool states_sources() const { return states_sources_; }
    // How the Linux kernel in the set was built; has to outlive this. nullptr: nothing is known.
    void set_kernel_build(const KernelBuild* build) { kernel_build_ = build; }
    const KernelBuild* kernel_build() const { return kernel_build_; }

  private:
    void add(std::string_view cpe, std::string_view version);
    void add_systems(std::span<const component::Component> set);
    void add_names(std::span<const component::Component> set);
    std::multimap<std::string, std::string, std::less<>> versions_; // by "a:vendor:product"
    bool hardware_ = false, system_ = false, applications_ = false, states_sources_ = false;
    std::string distribution_, family_;
    std::vector<std::string> hardware_names_;
    const KernelBuild* kernel_build_ = nullptr;
};

// One advisory about one component. Indexes are of the file that gave it.
struct ComponentVerdict {
    std::uint32_t advisory = 0;
    Verdict verdict = Verdict::unknown;
    Reason reason = Reason::not_stated;
    Confidence confidence = Confidence::low;
    Source source = Source::nvd;
    std::uint32_t rule = 0;     // the statement that decided
    std::uint32_t hit = 0;      // the range or exact version in it; 0: none
    std::uint32_t fixed_in = 0; // a string of the file; 0: not stated
    bool operator==(const ComponentVerdict&) const = default;
};

// The verdict for people and auditors.
struct Evidence {
    Source source = Source::nvd;
    std::string record;   // the source's id of the record
    std::string rule;     // "busybox from 1.33.0 up to, not including, 1.34.0"
    std::string compared; // "1.33.1 as generic version"
    std::string fixed_in; // "1.34.0", or empty
    Reason reason = Reason::not_stated;
    Confidence confidence = Confidence::low;
    std::string sentence; // all of it in one sentence
};

// findings: affected and unknown, what a device has to answer for. everything: also why advisories about the
// same product do not apply.
enum class Detail : std::uint8_t { findings, everything };

// Order of authority: what makers state, a distribution's own tracker and then others of its advisories for
// its packages (and nothing else), the ecosystem's, the CVE record, NVD's configurations. What cannot be
// decided is unknown, never clean. A component with only a name gets no verdicts.
std::vector<ComponentVerdict> match(const AdvisoryFile& file, const component::Component& component,
                                    const Platform& platform, Detail detail = Detail::findings);

// What each source says by itself, of all advisories about a component: by advisory, then by authority. Of
// those with several sources match() gives the one that decides.
std::vector<ComponentVerdict> voices(const AdvisoryFile& file, const component::Component& component,
                                     const Platform& platform);

Evidence evidence(const AdvisoryFile& file, const component::Component& component,
                  const ComponentVerdict& verdict);
std::string_view fixed_in(const AdvisoryFile& file, const ComponentVerdict& verdict);

// Why a component could not be assessed at all; empty when it can.
std::string_view why_not_assessed(const AdvisoryFile& file, const component::Component& component,
                                  const Platform& platform);

struct SetVerdict {
    std::uint32_t component = 0; // its place in the set
    ComponentVerdict verdict;
    std::string statement; // the maker's justification, when a statement decided
    bool operator==(const SetVerdict&) const = default;
};
struct NotAssessed {
    std::uint32_t component = 0;
    std::string_view reason;
};
struct SetAssessment {
    std::vector<SetVerdict> verdicts; // affected first; within that exploited, likely, severe ones first
    std::uint32_t affected = 0, unknown = 0, fixed = 0, not_affected = 0;
    std::uint32_t exploited = 0; // affected ones that are known to be exploited
    std::vector<NotAssessed> not_assessed;
    bool nothing_assessed = false; // it has software, and none of it could be assessed: it is not clean
    std::uint32_t statements_without_advisory = 0;
};

// One verdict per (advisory, component) of a set that runs on what lies beneath. The maker's statements
// decide over what the sources say. `build` is of the Linux kernel in the set.
SetAssessment match_set(const AdvisoryFile& file, std::span<const component::Component> components,
                        std::span<const component::Statement> statements,
                        std::span<const component::Component> beneath = {}, Detail detail = Detail::findings,
                        const KernelBuild* build = nullptr);

} // namespace oakum::advisory
