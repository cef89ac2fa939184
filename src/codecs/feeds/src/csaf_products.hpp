// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "element.hpp"

#include <map>
#include <string>
#include <vector>

// The products of a CSAF document, by their ids.
namespace oakum::feeds {

struct CsafProduct {
    std::string vendor, product; // as the branches above it say; empty when they do not
    std::string version;         // one version
    std::string range;           // or several, as text
    std::string purl, cpe;
    // Of a component that a relationship puts into or onto another product.
    std::string part_of;    // id of the other; empty: it stands for itself
    bool installed = false; // on or with the other, which is not made of it
};

struct CsafProducts {
    std::map<std::string, CsafProduct, std::less<>> by_id;
    std::map<std::string, std::vector<std::string>, std::less<>> groups;

    const CsafProduct* find(std::string_view id) const;
    // Every product that the members "product_ids" and "group_ids" of an entry name.
    Result<std::vector<std::string>> named_by(object entry) const;
};

Result<CsafProducts> read_csaf_products(object document);

} // namespace oakum::feeds
