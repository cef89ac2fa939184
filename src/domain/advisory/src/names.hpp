// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <component/component.hpp>
#include <component/cpe.hpp>
#include <component/purl.hpp>

#include <optional>
#include <string>
#include <string_view>

// The keys under which rules are filed and components look for them. Both sides use these functions alone.
namespace oakum::advisory {

inline constexpr std::string_view kernel_cpe_key = "o:linux:linux_kernel";

std::string lower(std::string_view text);
// "name:openssl/openssl": lower case, blanks and hyphens as underscores.
std::string product_key(std::string_view vendor, std::string_view product);
// What CVE records of a project's own CNA call both vendor and product, where CPE calls them otherwise;
// mostly nothing.
std::string_view name_at_cna(std::string_view cpe_key);
inline constexpr std::string_view firmware_ending = "_firmware"; // of CPE names, "o:tenda:ax1806_firmware"
std::string cpe_key(std::string_view key);                       // "cpe:a:busybox:busybox"
std::string package_key(std::string_view purl_type, std::string_view name); // "pkg:pypi/django"
// Where makers file what they state of a package, of whatever distribution.
std::string stated_key(std::string_view purl_type, std::string_view name);
// Without what stands between words: "rockwellautomation" of "Rockwell Automation".
std::string run_together(std::string_view name);
std::string distribution_key(std::string_view release, std::string_view name);
// A source's name in all releases of the distribution: "Debian/openssl".
std::string source_in(std::string_view release, std::string_view name);
std::string system_key(std::string_view system); // "os:ios"
// Of notices of our own, by the key of a package or by a name: "own:pkg:deb/debian/curl", "own:gateway".
std::string own_key(std::string_view name);

// "Debian:12", "Alpine:v3.19", "Ubuntu:22.04" of an OSV ecosystem; nothing for one that is no distribution
// release.
std::optional<std::string> distribution_release(std::string_view ecosystem);
// The same from how a device or a purl says it: ("debian", "12.5"), ("debian", "bookworm"), ("alpine",
// "3.19.1").
std::optional<std::string> distribution_release(std::string_view name, std::string_view version);
// Where the modules for all service packs of such a release are filed too; empty for most.
std::string release_of_modules(std::string_view release);
// A component's purl as the specification has it: older tools wrote pkg:alpine/curl for pkg:apk/alpine/curl.
base::Result<component::Purl> purl_of(const component::Component& component);
// Where a deb, rpm or apk purl says its distribution; empty when it does not.
std::string distribution_of(const component::Purl& purl);
// Distributions that publish advisories: their packages are never judged by upstream's.
bool is_known_distribution(std::string_view name_space);
// Of those the ones whose advisories are in no feed that is read here.
bool is_without_advisories(std::string_view name_space);
// The names a distribution's advisories use are of source packages.
std::string source_package(const component::Purl& purl);
std::string source_version(const component::Purl& purl);
// Tags: "v1.2.3", "curl-8_5_0", "OpenSSL_1_1_1k"; a commit is no version.
std::string_view version_of_tag(std::string_view tag);

// The purl type of an OSV ecosystem or of a CVE record's collection URL; empty when unknown.
std::string_view purl_type_of_ecosystem(std::string_view ecosystem);
std::string_view purl_type_of_collection(std::string_view url);
// Whether packages of that type are one ecosystem, whose advisories come together; "generic" is none.
bool is_ecosystem(std::string_view purl_type);
// Why what only a package URL of that type names is not assessed; lives for ever.
std::string_view why_uncovered(std::string_view purl_type);

// "ios", "android", ... of an operating system's name; empty for others.
std::string_view mobile_system(std::string_view name);
// What CPE calls such a system; an iPad has both names. Empty for others.
std::vector<std::string_view> system_cpes(std::string_view name);
// "linux", "windows", "android", "ios", "macos" of a word such as "iphone_os" or "Windows 10"; empty when it
// is none.
std::string_view system_family(std::string_view word);

// Version and update of a CPE name as one text; empty when it has no version.
std::string version_text(const component::Cpe& cpe);
// "edition:sw_edition:target_sw:target_hw"; empty when all are any.
std::string tail_of(const component::Cpe& cpe);

} // namespace oakum::advisory
