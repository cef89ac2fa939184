// SPDX-License-Identifier: Apache-2.0
#include <component/identity.hpp>
#include <component/purl.hpp>

#include <algorithm>
#include <array>

namespace oakum::component {
namespace {

void feed(base::Sha256& hash, std::string_view text) {
    std::array<std::uint8_t, 4> length{};
    for (std::size_t i = 0; i < length.size(); ++i)
        length[i] = static_cast<std::uint8_t>(text.size() >> (8 * i));
    hash.update(length);
    hash.update(text);
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
}

} // namespace

base::Digest256 identity(const Component& component) {
    base::Sha256 hash;
    hash.update("oakum component 1");
    const std::array kind{static_cast<std::uint8_t>(component.kind)};
    hash.update(kind);
    for (const auto* field : {&component.name, &component.version, &component.purl, &component.cpe,
                              &component.bundle_id, &component.patch_level})
        feed(hash, *field);
    return hash.finish();
}

std::optional<VendorProduct> vendor_product(const Component& component) {
    const auto purl = Purl::parse(component.purl);
    if (!purl.ok() || purl->name_space.empty() || purl->name_space.find('/') != std::string::npos)
        return std::nullopt;
    for (std::string_view type : {"github", "gitlab", "bitbucket", "generic"})
        if (purl->type == type) return VendorProduct{lower(purl->name_space), lower(purl->name)};
    return std::nullopt;
}

} // namespace oakum::component
