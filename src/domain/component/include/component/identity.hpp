// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/digest.hpp>
#include <component/component.hpp>

#include <optional>
#include <string>

namespace oakum::component {

// The digest under which equal components are stored once. Two components are equal when all their fields
// are.
base::Digest256 identity(const Component& component);

struct VendorProduct {
    std::string vendor, product; // lower case
    bool operator==(const VendorProduct&) const = default;
};
// Who makes the component and what it is called, only where its own purl says both ("pkg:github/curl/curl");
// names are never guessed.
std::optional<VendorProduct> vendor_product(const Component& component);

} // namespace oakum::component
