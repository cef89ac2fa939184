// SPDX-License-Identifier: Apache-2.0
#include "csaf_products.hpp"

#include <array>

namespace oakum::feeds {
namespace {

constexpr std::size_t most_products = 500'000; // of one document
constexpr std::size_t deepest = 24;            // branches in branches

class Tree {
  public:
    explicit Tree(CsafProducts& out) : out_(out) {}

    Status read(object tree) {
        TRY(branches(tree, {}, 0));
        TRY(named(tree));
        TRY(groups(tree));
        return relationships(tree);
    }

  private:
    Status keep(object product, CsafProduct about) {
        TRY_VALUE(std::string id, text_at(product, "product_id", max_name));
        if (id.empty()) return base::invalid("a product without an id").at("product_tree");
        TRY_VALUE(const std::optional<object> helper, object_at(product, "product_identification_helper"));
        if (helper) {
            TRY_VALUE(about.purl, text_at(*helper, "purl", max_name));
            TRY_VALUE(about.cpe, text_at(*helper, "cpe", max_cpe));
        }
        if (out_.by_id.size() >= most_products) return base::too_large("too many products");
        out_.by_id.insert_or_assign(std::move(id), std::move(about));
        return {};
    }

    // What a branch says holds for everything below it.
    Status branches(object parent, const CsafProduct& above, std::size_t depth) {
        TRY_VALUE(const std::optional<array> list, array_at(parent, "branches"));
        if (!list) return {};
        if (depth == deepest) return base::too_large("branches are nested too deep").at("product_tree");
        for (const element item : *list) {
            TRY_VALUE(const object branch, object_of(item, "branches"));
            TRY_VALUE(const std::string category, text_at(branch, "category", 64));
            TRY_VALUE(const std::string name, text_at(branch, "name", max_name));
            CsafProduct here = above;
            if (category == "vendor")
                here.vendor = name;
            else if (category == "product_name" || (category == "product_family" && here.product.empty()))
                here.product = name;
            else if (category == "product_version")
                here.version = name;
            else if (category == "product_version_range")
                here.range = name;
            TRY_VALUE(const std::optional<object> product, object_at(branch, "product"));
            if (product) {
                TRY(keep(*product, here));
            }
            TRY(branches(branch, here, depth + 1));
        }
        return {};
    }

    Status named(object tree) {
        TRY_VALUE(const std::optional<array> list, array_at(tree, "full_product_names"));
        if (!list) return {};
        for (const element item : *list) {
            TRY_VALUE(const object product, object_of(item, "full_product_names"));
            TRY(keep(product, {}));
        }
        return {};
    }

    Status groups(object tree) {
        TRY_VALUE(const std::optional<array> list, array_at(tree, "product_groups"));
        if (!list) return {};
        for (const element item : *list) {
            TRY_VALUE(const object group, object_of(item, "product_groups"));
            TRY_VALUE(std::string id, text_at(group, "group_id", max_name));
            TRY_VALUE(auto members, texts_at(group, "product_ids", max_name));
            out_.groups.insert_or_assign(std::move(id), std::move(members));
        }
        return {};
    }

    Status relationships(object tree) {
        TRY_VALUE(const std::optional<array> list, array_at(tree, "relationships"));
        if (!list) return {};
        for (const element item : *list) {
            TRY_VALUE(const object relation, object_of(item, "relationships"));
            TRY_VALUE(const std::string category, text_at(relation, "category", 64));
            TRY_VALUE(const std::string part, text_at(relation, "product_reference", max_name));
            TRY_VALUE(const std::string whole, text_at(relation, "relates_to_product_reference", max_name));
            TRY_VALUE(const std::optional<object> product, object_at(relation, "full_product_name"));
            const CsafProduct* known = out_.find(part);
            if (!product || known == nullptr || out_.find(whole) == nullptr)
                return base::invalid("a relationship names a product that is not there").at("relationships");
            CsafProduct about = *known;
            about.part_of = whole;
            about.installed = category.starts_with("installed_");
            const std::string purl = about.purl, cpe = about.cpe;
            TRY(keep(*product, about));
            TRY_VALUE(const std::string id, text_at(*product, "product_id", max_name));
            CsafProduct& kept = out_.by_id.find(id)->second;
            if (kept.purl.empty()) kept.purl = purl;
            if (kept.cpe.empty()) kept.cpe = cpe;
        }
        return {};
    }

    CsafProducts& out_;
};

} // namespace

const CsafProduct* CsafProducts::find(std::string_view id) const {
    const auto found = by_id.find(id);
    return found == by_id.end() ? nullptr : &found->second;
}

Result<std::vector<std::string>> CsafProducts::named_by(object entry) const {
    TRY_VALUE(std::vector<std::string> out, texts_at(entry, "product_ids", max_name));
    TRY_VALUE(const std::vector<std::string> in_groups, texts_at(entry, "group_ids", max_name));
    for (const std::string& group : in_groups)
        if (const auto members = groups.find(group); members != groups.end())
            out.insert(out.end(), members->second.begin(), members->second.end());
    return out;
}

Result<CsafProducts> read_csaf_products(object document) {
    CsafProducts out;
    TRY_VALUE(const std::optional<object> tree, object_at(document, "product_tree"));
    if (!tree) return out;
    TRY(Tree(out).read(*tree));
    return out;
}

} // namespace oakum::feeds
