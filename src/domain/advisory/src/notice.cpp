// SPDX-License-Identifier: Apache-2.0
#include <advisory/notice_record.hpp>

#include <base/bytes.hpp>
#include <component/cpe.hpp>
#include <component/purl.hpp>
#include <version/version.hpp>

#include <algorithm>
#include <charconv>

namespace oakum::advisory {
namespace {

constexpr std::size_t kLongest = 4096, kShort = 256, kMostProducts = 64, kMostIds = 16;

base::Status text(std::string_view value, std::size_t longest, std::string_view where, bool lines) {
    if (value.size() > longest)
        return base::invalid("at most " + std::to_string(longest) + " bytes").at(std::string(where));
    const bool clean = base::is_utf8(value) && std::ranges::all_of(value, [&](char c) {
                           const auto byte = static_cast<unsigned char>(c);
                           return byte >= 0x20 ? byte != 0x7f : lines && (c == '\n' || c == '\t');
                       });
    if (!clean) return base::invalid("it has characters that are no text").at(std::string(where));
    return {};
}

bool is_purl(const NoticeProduct& product) {
    return product.component.starts_with("pkg:");
}
bool is_cpe(const NoticeProduct& product) {
    return product.component.starts_with("cpe:");
}

version::Scheme scheme_of(const NoticeProduct& product) {
    if (const auto scheme = version::scheme_from_string(product.scheme)) return *scheme;
    if (is_purl(product))
        if (const auto purl = component::Purl::parse(product.component); purl.ok())
            return version::scheme_for_purl_type(purl->type).value_or(version::Scheme::generic);
    return version::Scheme::generic;
}

base::Status check_product(const NoticeProduct& product, const std::string& where) {
    for (const std::string* each :
         {&product.component, &product.scheme, &product.introduced, &product.fixed, &product.last_affected})
        TRY(text(*each, 1024, where, false));
    if (product.component.empty())
        return base::invalid(
                   "name what it concerns: a package URL, a CPE name, or the name of a component or "
                   "firmware")
            .at(where + "/component");
    if (is_purl(product)) {
        const auto purl = component::Purl::parse(product.component);
        if (!purl.ok()) return base::invalid(purl.error().message).at(where + "/component");
        if (!purl->version.empty())
            return base::invalid("the package URL goes without a version; say which versions beside it")
                .at(where + "/component");
    }
    if (is_cpe(product)) {
        const auto cpe = component::Cpe::parse(product.component);
        if (!cpe.ok()) return base::invalid(cpe.error().message).at(where + "/component");
        if (cpe->key().empty())
            return base::invalid("a CPE name with a vendor and a product").at(where + "/component");
        if (!product.scheme.empty())
            return base::invalid("versions of CPE names are read as NVD's").at(where + "/scheme");
    }
    if (!product.scheme.empty() && !version::scheme_from_string(product.scheme))
        return base::invalid("there is no such scheme of versions").at(where + "/scheme");
    if (!product.fixed.empty() && !product.last_affected.empty())
        return base::invalid("say in which version it is fixed, or which is the last affected one")
            .at(where + "/fixed");
    const version::Scheme scheme = scheme_of(product);
    for (const auto& [version, member] :
         {std::pair(&product.introduced, "/introduced"), std::pair(&product.fixed, "/fixed"),
          std::pair(&product.last_affected, "/last_affected")})
        if (!version->empty() && !version::Version::parse(scheme, *version).ok())
            return base::invalid("it cannot be read as a " + std::string(version::to_string(scheme)) +
                                 " version, so it would have no order")
                .at(where + member);
    const std::string& upper = product.fixed.empty() ? product.last_affected : product.fixed;
    if (!product.introduced.empty() && !upper.empty()) {
        const auto low = version::Version::parse(scheme, product.introduced),
                   high = version::Version::parse(scheme, upper);
        if (low->key() > high->key()) return base::invalid("it ends before it begins").at(where);
    }
    return {};
}

// What a word without a vector counts as: the least of its band.
double least_score(std::string_view severity) {
    return severity == "critical" ? 9.0 : severity == "high" ? 7.0 : severity == "medium" ? 4.0 : 0.1;
}

} // namespace

base::Status check(const Notice& notice) {
    TRY(text(notice.title, kShort, "/title", false));
    TRY(text(notice.description, kLongest, "/description", true));
    TRY(text(notice.workaround, kLongest, "/workaround", true));
    TRY(text(notice.vector, kShort, "/vector", false));
    TRY(text(notice.embargo, kShort, "/embargo", false));
    if (notice.title.empty()) return base::invalid("it needs a title").at("/title");
    if (!notice.severity.empty() && notice.severity != "low" && notice.severity != "medium" &&
        notice.severity != "high" && notice.severity != "critical")
        return base::invalid("it is low, medium, high or critical").at("/severity");
    if (notice.products.empty()) return base::invalid("say what it concerns").at("/products");
    if (notice.products.size() > kMostProducts) return base::invalid("at most 64 products").at("/products");
    for (std::size_t i = 0; i < notice.products.size(); ++i)
        TRY(check_product(notice.products[i], "/products/" + std::to_string(i)));
    if (notice.references.size() > kMostIds) return base::invalid("at most 16 references").at("/references");
    if (notice.aliases.size() > kMostIds) return base::invalid("at most 16 other ids").at("/aliases");
    for (const std::string& each : notice.references)
        TRY(text(each, 1024, "/references", false));
    for (const std::string& each : notice.aliases) {
        TRY(text(each, 64, "/aliases", false));
        if (each.empty() || each.starts_with(kOwnPrefix) || each.find(' ') != std::string::npos)
            return base::invalid("an id that others gave it, such as CVE-2026-1234").at("/aliases");
    }
    return {};
}

Record record_of(const std::string& id, const Notice& notice, base::TimePoint created,
                 base::TimePoint changed) {
    Record record;
    record.source = Source::own;
    record.id = id;
    record.aliases = notice.aliases;
    record.title = notice.title;
    record.description = notice.description;
    if (!notice.workaround.empty())
        record.description +=
            (record.description.empty() ? "" : "\n\n") + ("Workaround: " + notice.workaround);
    record.published = created;
    record.modified = changed;
    record.exploited = notice.exploited;
    if (!notice.vector.empty())
        record.cvss.push_back({"own notice", notice.vector, 0});
    else if (!notice.severity.empty())
        record.cvss.push_back({"own notice", "", least_score(notice.severity)});
    for (const NoticeProduct& product : notice.products) {
        if (is_cpe(product)) {
            CpeMatch match;
            match.criteria = product.component;
            if (!product.introduced.empty()) match.start_including = product.introduced;
            if (!product.fixed.empty()) match.end_excluding = product.fixed;
            if (!product.last_affected.empty()) match.end_including = product.last_affected;
            record.applicability.emplace_back(CpeConfiguration{false, false, {{false, false, {match}}}});
            continue;
        }
        NamedStatement statement;
        (is_purl(product) ? statement.purl : statement.name) = product.component;
        statement.scheme = std::string(version::to_string(scheme_of(product)));
        statement.events.push_back(
            {RangeEvent::Kind::introduced, product.introduced.empty() ? "0" : product.introduced});
        if (!product.fixed.empty()) statement.events.push_back({RangeEvent::Kind::fixed, product.fixed});
        if (!product.last_affected.empty())
            statement.events.push_back({RangeEvent::Kind::last_affected, product.last_affected});
        record.applicability.emplace_back(std::move(statement));
    }
    return record;
}

std::string next_notice_id(const std::vector<std::string>& known, base::TimePoint now) {
    const std::string year = std::string(kOwnPrefix) + base::to_date(now).substr(0, 4) + "-";
    unsigned highest = 0;
    for (const std::string& id : known) {
        if (!id.starts_with(year)) continue;
        unsigned number = 0;
        std::from_chars(id.data() + year.size(), id.data() + id.size(), number);
        highest = std::max(highest, number);
    }
    return year + std::to_string(highest + 1);
}

} // namespace oakum::advisory
