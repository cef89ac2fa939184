// LINK: codecs_packages
// SPDX-License-Identifier: Apache-2.0
#include <base/bytes.hpp>
#include <component/cpe.hpp>
#include <component/purl.hpp>
#include <packages/installed.hpp>

#include <cstdlib>

// What package managers keep on a disk: whatever is read has its bounds, and identifiers that others can
// read.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oakum;
    const std::string_view text = base::as_text(base::ByteView(data, size));
    const packages::OsRelease system = packages::read_os_release(text);
    if (system.id.size() > 200 || system.version_id.size() > 200) std::abort();
    for (const auto& found : {packages::read_dpkg(text, system, 1000), packages::read_apk(text, system, 1000),
                              packages::read_opkg(text, 1000), packages::read_opkg(text, 1000, text)}) {
        if (found.size() > 1000) std::abort();
        for (const component::Component& package : found) {
            if (package.name.empty() || package.name.size() > 200 || package.version.size() > 200)
                std::abort();
            if (!package.purl.empty() && !component::Purl::parse(package.purl).ok()) std::abort();
            if (!package.cpe.empty() && !component::Cpe::parse(package.cpe).ok()) std::abort();
        }
    }
    const auto rpm = packages::read_rpm(base::ByteView(data, size), {});
    if (rpm.ok() && *rpm && ((*rpm)->name.empty() || !component::Purl::parse((*rpm)->purl).ok()) &&
        !(*rpm)->purl.empty())
        std::abort();
    return 0;
}
