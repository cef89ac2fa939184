// SPDX-License-Identifier: Apache-2.0
#include "names.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace oakum::advisory {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

template <std::size_t N> std::string_view look_up(const std::array<Pair, N>& table, std::string_view key) {
    for (const auto& [from, to] : table)
        if (from == key) return to;
    return {};
}

// How purls and os-release name distributions, and how OSV does.
constexpr std::array distributions{Pair{"debian", "Debian"},
                                   Pair{"raspbian", "Debian"},
                                   Pair{"ubuntu", "Ubuntu"},
                                   Pair{"alpine", "Alpine"},
                                   Pair{"rocky", "Rocky Linux"},
                                   Pair{"rocky-linux", "Rocky Linux"},
                                   Pair{"almalinux", "AlmaLinux"},
                                   Pair{"alma", "AlmaLinux"},
                                   Pair{"redhat", "Red Hat"},
                                   Pair{"rhel", "Red Hat"},
                                   Pair{"sles", "SUSE"},
                                   Pair{"suse", "SUSE"},
                                   Pair{"sled", "SUSE"},
                                   Pair{"opensuse-leap", "openSUSE"},
                                   Pair{"opensuse", "openSUSE"},
                                   Pair{"opensuse-tumbleweed", "openSUSE"},
                                   Pair{"mageia", "Mageia"},
                                   Pair{"openeuler", "openEuler"},
                                   Pair{"azurelinux", "Azure Linux"},
                                   Pair{"mariner", "Azure Linux"},
                                   Pair{"wolfi", "Wolfi"},
                                   Pair{"chainguard", "Chainguard"}};
// Those that are never released: one list of advisories holds for all of it.
constexpr std::array rolling{std::string_view("Wolfi"), std::string_view("Chainguard")};
// Others whose packages carry backports too, so that upstream's ranges would be wrong, and whose advisories
// are in no feed that is read here.
constexpr std::array other_distributions{std::string_view("centos"), std::string_view("fedora"),
                                         std::string_view("amzn"),   std::string_view("oracle"),
                                         std::string_view("amazon"), std::string_view("ol"),
                                         std::string_view("photon")};
constexpr std::array codenames{Pair{"jessie", "8"},     Pair{"stretch", "9"},    Pair{"forky", "14"},
                               Pair{"unstable", "sid"}, Pair{"sid", "sid"},      Pair{"edge", "edge"},
                               Pair{"buster", "10"},    Pair{"bullseye", "11"},  Pair{"bookworm", "12"},
                               Pair{"trixie", "13"},    Pair{"bionic", "18.04"}, Pair{"focal", "20.04"},
                               Pair{"jammy", "22.04"},  Pair{"noble", "24.04"}};

// Where SUSE's modules for every service pack of a release are filed: "SUSE:12 Modules".
constexpr std::string_view all_packs = " Modules";

std::string_view up_to_dot(std::string_view text, int parts) {
    std::size_t end = 0;
    for (; end < text.size(); ++end)
        if (text[end] == '.' && --parts == 0) break;
    return text.substr(0, end);
}

bool is_release_number(std::string_view text) {
    return !text.empty() && text.front() >= '0' && text.front() <= '9' &&
           text.find_first_not_of("0123456789.") == std::string_view::npos;
}

// From 16 on SUSE counts service packs after a dot.
bool is_dotted(std::string_view number) {
    return number.size() >= 2 && number.substr(0, 2) >= "16";
}

// The modules of 12 are for all of its service packs.
bool is_of_all_packs(std::string_view product, std::string_view number) {
    return number == "12" && (product.starts_with("Linux Enterprise Module for ") ||
                              product.starts_with("Linux Enterprise Live Patching "));
}

// SUSE files a package under the product or module that has it ("Linux Enterprise Module for Python 3 15
// SP5"), and a device has many of those: they are one release of its enterprise system, which stands last.
// Empty for other products.
std::string enterprise_release(std::string_view product) {
    if (!product.starts_with("Linux Enterprise")) return {};
    std::string_view number, after;
    for (auto space = product.find(' '); space != std::string_view::npos;
         space = product.find(' ', space + 1)) {
        const auto rest = product.substr(space + 1);
        const auto end = std::min(rest.find_first_not_of("0123456789."), rest.size());
        if (end == 0 || (end < rest.size() && rest[end] != ' ' && rest[end] != '-')) continue;
        number = rest.substr(0, end);
        after = rest.substr(end);
    }
    if (number.empty()) return {};
    if (number.find('.') != std::string_view::npos && !is_dotted(number)) return {}; // Micro's own count
    if (!after.starts_with(" SP"))
        return std::string(number).append(is_of_all_packs(product, number) ? all_packs : "");
    return std::string(number).append(after.substr(0, after.find_first_not_of("0123456789", 3)));
}

// "15.5" of os-release as SUSE's advisories have it: "15 SP5".
std::string service_pack(std::string_view version) {
    const auto dot = version.find('.');
    if (is_dotted(version.substr(0, dot))) return std::string(version);
    if (dot == std::string_view::npos || version.substr(dot + 1) == "0")
        return std::string(version.substr(0, dot));
    return std::string(version.substr(0, dot)).append(" SP").append(version.substr(dot + 1));
}

} // namespace

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::string product_key(std::string_view vendor, std::string_view product) {
    std::string key = "name:";
    key += lower(vendor) + '/' + lower(product);
    std::replace(key.begin(), key.end(), ' ', '_');
    std::replace(key.begin(), key.end(), '-', '_');
    return key;
}

std::string run_together(std::string_view name) {
    auto out = lower(name);
    std::erase_if(out, [](char c) { return c == ' ' || c == '-' || c == '_'; });
    return out;
}

std::string_view name_at_cna(std::string_view cpe_key) {
    static constexpr std::array table{Pair{"a:haxx:curl", "curl"}, Pair{"a:haxx:libcurl", "curl"},
                                      Pair{"a:thekelleys:dnsmasq", "dnsmasq"}};
    return look_up(table, cpe_key);
}

std::string cpe_key(std::string_view key) {
    return std::string("cpe:").append(key);
}

namespace {

// NuGet shows a package's name as its author wrote it, and finds it however it is written. Go's own library
// is "stdlib" where advisories name it, and "std" where Go does; an action lies in a repository.
std::string key_of_package(std::string_view kind, std::string_view purl_type, std::string_view name) {
    if (purl_type == "golang" && name == "std") name = "stdlib";
    if (purl_type == "githubactions") return std::string(kind).append("github/").append(lower(name));
    auto key = std::string(kind).append(purl_type).append("/").append(name);
    return purl_type == "nuget" ? lower(key) : key;
}

} // namespace

std::string package_key(std::string_view purl_type, std::string_view name) {
    return key_of_package("pkg:", purl_type, name);
}

std::string stated_key(std::string_view purl_type, std::string_view name) {
    return key_of_package("said:", purl_type, name);
}

std::string distribution_key(std::string_view release, std::string_view name) {
    return std::string("distro:").append(release).append("/").append(name);
}

std::string source_in(std::string_view release, std::string_view name) {
    return std::string(release.substr(0, release.find(':'))).append("/").append(name);
}

std::string own_key(std::string_view name) {
    return "own:" + lower(name);
}

std::string system_key(std::string_view system) {
    return std::string("os:").append(system);
}

std::optional<std::string> distribution_release(std::string_view ecosystem) {
    if (std::find(rolling.begin(), rolling.end(), ecosystem) != rolling.end()) return std::string(ecosystem);
    const auto colon = ecosystem.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto name = ecosystem.substr(0, colon);
    auto release = ecosystem.substr(colon + 1);
    const bool known = std::any_of(distributions.begin(), distributions.end(),
                                   [&](const Pair& p) { return p.second == name; });
    if (!known || release.empty()) return std::nullopt;
    if (name == "Ubuntu" && release.ends_with(":LTS")) release.remove_suffix(4);
    if (name == "SUSE") {
        const auto enterprise = enterprise_release(release);
        if (enterprise.empty()) return std::nullopt;
        return std::string(name).append(":").append(enterprise);
    }
    // "Red Hat:enterprise_linux:8::baseos"
    if (constexpr std::string_view main = "enterprise_linux:";
        name == "Red Hat" && release.starts_with(main)) {
        release.remove_prefix(main.size());
        release = release.substr(0, release.find(':'));
    }
    return std::string(name).append(":").append(release);
}

std::optional<std::string> distribution_release(std::string_view name, std::string_view version) {
    const auto distribution = look_up(distributions, name);
    if (const auto number = look_up(codenames, version); !number.empty()) version = number;
    if (distribution.empty()) return std::nullopt;
    std::string out(distribution);
    if (std::find(rolling.begin(), rolling.end(), distribution) != rolling.end()) return out;
    if (name == "opensuse-tumbleweed") return out.append(":Tumbleweed");
    // Those that are never released; what is on the way to a release of Alpine's is edge.
    if (distribution == "Alpine" && version.find("_alpha") != std::string_view::npos) version = "edge";
    if ((distribution == "Debian" && version == "sid") || (distribution == "Alpine" && version == "edge"))
        return out.append(":").append(version);
    if (!is_release_number(version)) return std::nullopt;
    if (distribution == "SUSE") return out.append(":").append(service_pack(version));
    if (distribution == "openSUSE") return out.append(":Leap ").append(version);
    if (distribution == "openEuler") return std::nullopt; // its number leaves the service pack open
    if (distribution == "Alpine") return out.append(":v").append(up_to_dot(version, 2));
    return out.append(":").append(up_to_dot(version, distribution == "Ubuntu" ? 2 : 1));
}

std::string release_of_modules(std::string_view release) {
    if (constexpr std::string_view with_modules = "SUSE:12";
        release == with_modules || release.starts_with("SUSE:12 SP"))
        return std::string(with_modules).append(all_packs);
    return {};
}

base::Result<component::Purl> purl_of(const component::Component& component) {
    TRY_VALUE(auto purl, component::Purl::parse(component.purl));
    if (purl.type == "alpine") {
        purl.type = "apk";
        if (purl.name_space.empty()) purl.name_space = "alpine";
    }
    return purl;
}

std::string distribution_of(const component::Purl& purl) {
    const auto stated = lower(purl.qualifier("distro"));
    // "openEuler-22.03-LTS-SP3", as its advisories have it.
    if (constexpr std::string_view euler = "openeuler-"; stated.starts_with(euler)) {
        auto release = stated.substr(euler.size());
        std::transform(release.begin(), release.end(), release.begin(),
                       [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
        return "openEuler:" + release;
    }
    // "debian-12", "rocky-linux-8.9", "alpine-3.19.1", "bookworm"
    if (const auto dash = stated.rfind('-'); dash != std::string::npos) {
        if (const auto release = distribution_release(stated.substr(0, dash), stated.substr(dash + 1)))
            return *release;
    }
    if (const auto release = distribution_release(purl.name_space, stated)) return *release;
    return {};
}

bool is_known_distribution(std::string_view name_space) {
    return !look_up(distributions, name_space).empty() || is_without_advisories(name_space);
}

bool is_without_advisories(std::string_view name_space) {
    return std::find(other_distributions.begin(), other_distributions.end(), name_space) !=
           other_distributions.end();
}

namespace {

// Debian and Ubuntu build signed kernels from a package beside the one that their advisories name:
// "linux-signed-amd64" of "linux", "linux-signed-aws" of "linux-aws".
constexpr std::string_view signed_linux = "linux-signed";

std::string linux_of_signed(std::string_view name) {
    name.remove_prefix(signed_linux.size());
    return name == "-amd64" || name == "-arm64" || name == "-i386" ? "linux"
                                                                   : std::string("linux").append(name);
}

} // namespace

std::string source_package(const component::Purl& purl) {
    auto upstream = purl.qualifier("upstream");
    if (upstream.empty()) return purl.name;
    if (upstream.starts_with(signed_linux)) return linux_of_signed(upstream.substr(0, upstream.find('@')));
    for (const std::string_view ending : {".nosrc.rpm", ".src.rpm"}) {
        if (!upstream.ends_with(ending)) continue;
        upstream.remove_suffix(ending.size());
        for (int i = 0; i < 2; ++i) // "curl-7.76.1-26.el9"
            if (const auto dash = upstream.rfind('-'); dash != std::string_view::npos)
                upstream = upstream.substr(0, dash);
        return std::string(upstream);
    }
    return std::string(upstream.substr(0, upstream.find('@')));
}

std::string source_version(const component::Purl& purl) {
    const auto upstream = purl.qualifier("upstream");
    // A signed kernel's own version is the kernel's; its source counts the signing ("6.1.76+1").
    if (const auto at = upstream.find('@');
        at != std::string_view::npos && !upstream.starts_with(signed_linux))
        return std::string(upstream.substr(at + 1));
    const auto epoch = purl.qualifier("epoch");
    if ((purl.type == "rpm" || purl.type == "deb") && !epoch.empty() &&
        purl.version.find(':') == std::string::npos)
        return std::string(epoch).append(":").append(purl.version);
    return purl.version;
}

std::string_view version_of_tag(std::string_view tag) {
    const bool commit = tag.size() >= 7 && tag.find_first_not_of("0123456789abcdefABCDEF") == tag.npos;
    const auto digit = tag.find_first_of("0123456789");
    const bool named =
        !commit && digit != std::string_view::npos &&
        std::all_of(tag.begin(), tag.begin() + static_cast<std::ptrdiff_t>(digit), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
        });
    return named ? tag.substr(digit) : tag;
}

std::string_view purl_type_of_ecosystem(std::string_view ecosystem) {
    static constexpr std::array table{Pair{"PyPI", "pypi"},
                                      Pair{"npm", "npm"},
                                      Pair{"Go", "golang"},
                                      Pair{"Maven", "maven"},
                                      Pair{"crates.io", "cargo"},
                                      Pair{"RubyGems", "gem"},
                                      Pair{"NuGet", "nuget"},
                                      Pair{"Packagist", "composer"},
                                      Pair{"Hex", "hex"},
                                      Pair{"Pub", "pub"},
                                      Pair{"SwiftURL", "swift"},
                                      Pair{"Bitnami", "bitnami"},
                                      Pair{"ConanCenter", "conan"},
                                      Pair{"OSS-Fuzz", "generic"},
                                      Pair{"Hackage", "hackage"},
                                      Pair{"CRAN", "cran"},
                                      Pair{"opam", "opam"},
                                      Pair{"Julia", "julia"},
                                      Pair{"GitHub Actions", "github"}};
    return look_up(table, ecosystem.substr(0, ecosystem.find(':')));
}

std::string_view purl_type_of_collection(std::string_view url) {
    static constexpr std::array table{Pair{"registry.npmjs.org", "npm"},
                                      Pair{"www.npmjs.com", "npm"},
                                      Pair{"pypi.python.org", "pypi"},
                                      Pair{"pypi.org", "pypi"},
                                      Pair{"repo.maven.apache.org", "maven"},
                                      Pair{"crates.io", "cargo"},
                                      Pair{"rubygems.org", "gem"},
                                      Pair{"packagist.org", "composer"},
                                      Pair{"pkg.go.dev", "golang"},
                                      Pair{"hex.pm", "hex"},
                                      Pair{"www.nuget.org", "nuget"}};
    if (const auto scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
    return look_up(table, url.substr(0, url.find('/')));
}

bool is_ecosystem(std::string_view purl_type) {
    static constexpr std::array others{std::string_view("generic"), std::string_view("deb"),
                                       std::string_view("rpm"),     std::string_view("apk"),
                                       std::string_view("alpm"),    std::string_view("github"),
                                       std::string_view("gitlab"),  std::string_view("bitbucket")};
    return std::find(others.begin(), others.end(), purl_type) == others.end();
}

std::string_view why_uncovered(std::string_view purl_type) {
    static constexpr std::array table{Pair{"npm", "there are no advisories of npm packages here"},
                                      Pair{"pypi", "there are no advisories of Python packages here"},
                                      Pair{"maven", "there are no advisories of Maven packages here"},
                                      Pair{"golang", "there are no advisories of Go modules here"},
                                      Pair{"cargo", "there are no advisories of Rust crates here"},
                                      Pair{"gem", "there are no advisories of Ruby gems here"},
                                      Pair{"nuget", "there are no advisories of NuGet packages here"},
                                      Pair{"composer", "there are no advisories of PHP packages here"},
                                      Pair{"hex", "there are no advisories of Hex packages here"},
                                      Pair{"pub", "there are no advisories of Dart packages here"},
                                      Pair{"swift", "there are no advisories of Swift packages here"},
                                      Pair{"conan", "there are no advisories of Conan packages here"},
                                      Pair{"cran", "there are no advisories of R packages here"},
                                      Pair{"hackage", "there are no advisories of Haskell packages here"},
                                      Pair{"bitnami", "there are no advisories of Bitnami's packages here"}};
    const auto reason = look_up(table, purl_type);
    return reason.empty() ? "no advisories are known by a package URL of its type" : reason;
}

std::string_view mobile_system(std::string_view name) {
    static constexpr std::array table{
        Pair{"ios", "ios"},         Pair{"iphone os", "ios"},     Pair{"iphone_os", "ios"},
        Pair{"ipados", "ipados"},   Pair{"macos", "macos"},       Pair{"tvos", "tvos"},
        Pair{"watchos", "watchos"}, Pair{"visionos", "visionos"}, Pair{"android", "android"}};
    return look_up(table, lower(name));
}

std::vector<std::string_view> system_cpes(std::string_view name) {
    static constexpr std::array table{Pair{"ios", "cpe:2.3:o:apple:iphone_os:*:*:*:*:*:*:*:*"},
                                      Pair{"ipados", "cpe:2.3:o:apple:ipados:*:*:*:*:*:*:*:*"},
                                      Pair{"macos", "cpe:2.3:o:apple:macos:*:*:*:*:*:*:*:*"},
                                      Pair{"tvos", "cpe:2.3:o:apple:tvos:*:*:*:*:*:*:*:*"},
                                      Pair{"watchos", "cpe:2.3:o:apple:watchos:*:*:*:*:*:*:*:*"},
                                      Pair{"visionos", "cpe:2.3:o:apple:visionos:*:*:*:*:*:*:*:*"},
                                      Pair{"android", "cpe:2.3:o:google:android:*:*:*:*:*:*:*:*"}};
    const auto system = mobile_system(name);
    const auto own = look_up(table, system);
    if (own.empty()) return {};
    if (system == "ipados") return {own, look_up(table, "ios")};
    return {own};
}

std::string_view system_family(std::string_view word) {
    const auto text = lower(word);
    static constexpr std::array beginnings{
        Pair{"windows", "windows"}, Pair{"android", "android"}, Pair{"iphone_os", "ios"},
        Pair{"ios", "ios"},         Pair{"ipados", "ios"},      Pair{"macos", "macos"},
        Pair{"mac_os", "macos"},    Pair{"mac os", "macos"},    Pair{"linux", "linux"},
        Pair{"debian", "linux"},    Pair{"ubuntu", "linux"},    Pair{"alpine", "linux"}};
    for (const auto& [beginning, family] : beginnings)
        if (text.starts_with(beginning) && (text.size() == beginning.size() ||
                                            text[beginning.size()] == '_' || text[beginning.size()] == ' '))
            return family;
    return {};
}

std::string version_text(const component::Cpe& cpe) {
    using component::CpeField;
    const auto& version = cpe[CpeField::version];
    const auto& update = cpe[CpeField::update];
    if (version.kind != component::CpeAttribute::Kind::value) return {};
    std::string text = version.plain();
    if (update.kind == component::CpeAttribute::Kind::value && !update.wildcard) text += "-" + update.plain();
    return text;
}

std::string tail_of(const component::Cpe& cpe) {
    using component::CpeField;
    std::string tail;
    bool any = true;
    for (const auto field :
         {CpeField::edition, CpeField::sw_edition, CpeField::target_sw, CpeField::target_hw}) {
        const auto& attribute = cpe[field];
        const bool value = attribute.kind == component::CpeAttribute::Kind::value && !attribute.wildcard;
        any = any && !value;
        if (field != CpeField::edition) tail += ':';
        tail += value ? attribute.value : "*";
    }
    return any ? std::string() : tail;
}

} // namespace oakum::advisory
