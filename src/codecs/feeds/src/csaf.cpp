// SPDX-License-Identifier: Apache-2.0
// CSAF 2.0: what a maker or coordinator states of products, one record a vulnerability.
#include "csaf_products.hpp"
#include "formats.hpp"
#include "version_ranges.hpp"

#include <component/cpe.hpp>
#include <component/purl.hpp>

#include <algorithm>
#include <array>
#include <set>

namespace oakum::feeds {
namespace {

using advisory::MakerStatement;
using advisory::PackageRange;
using advisory::PackageStatement;
using advisory::RangeEvent;
using advisory::Record;
using component::StatementStatus;

// The lists of "product_status" that say something about what is installed (3.2.3.9).
constexpr std::array<std::pair<std::string_view, StatementStatus>, 7> lists{
    {{"first_affected", StatementStatus::affected},
     {"known_affected", StatementStatus::affected},
     {"last_affected", StatementStatus::affected},
     {"first_fixed", StatementStatus::fixed},
     {"fixed", StatementStatus::fixed},
     {"known_not_affected", StatementStatus::not_affected},
     {"under_investigation", StatementStatus::under_investigation}}};

// "Red Hat:8" of cpe:/a:redhat:enterprise_linux:8::appstream; empty for what is no release.
std::string release_of(const CsafProduct& platform) {
    const auto cpe = component::Cpe::parse(platform.cpe);
    if (!cpe.ok() || cpe->key().find(":redhat:enterprise_linux") == std::string::npos) return {};
    const auto& version = (*cpe)[component::CpeField::version];
    if (version.kind != component::CpeAttribute::Kind::value) return {};
    const std::string text = version.plain();
    return text.find_first_not_of("0123456789") == std::string::npos ? "Red Hat:" + text : std::string();
}

// A package of a distribution's release, in all that one vulnerability's lists say about it.
struct Package {
    std::set<std::string> fixed;
    bool affected = false, investigated = false, clear = false;
    std::string reason;
};

class Vulnerability {
  public:
    Vulnerability(const CsafProducts& products, object in) : products_(products), in_(in) {}

    Status read(Record& out) {
        TRY(read_reasons("flags", "label", "", ""));
        TRY(read_reasons("threats", "details", "category", "impact"));
        TRY(read_reasons("remediations", "details", "category", ""));
        TRY_VALUE(const std::optional<object> status, object_at(in_, "product_status"));
        if (!status) return {};
        TRY(collect_fixes(*status));
        for (const auto& [name, means] : lists) {
            TRY_VALUE(const std::vector<std::string> ids, texts_at(*status, name, max_name));
            for (const std::string& id : ids)
                add(id, means, out);
        }
        for (const auto& [place, package] : packages_)
            add(place.first, place.second, package, out);
        return {};
    }

    std::uint64_t left_out() const { return left_out_; }

  private:
    // What is said beside the status of each product. Of remediations only what says that there is none.
    Status read_reasons(std::string_view list, std::string_view text, std::string_view category,
                        std::string_view wanted) {
        TRY_VALUE(const std::optional<array> entries, array_at(in_, list));
        if (!entries) return {};
        for (const element item : *entries) {
            TRY_VALUE(const object entry, object_of(item, list));
            TRY_VALUE(std::string said, text_at(entry, text, 1UL << 20));
            std::string kind;
            if (!category.empty()) {
                TRY_VALUE(kind, text_at(entry, category, 64));
                if (!wanted.empty() && kind != wanted) continue;
                if (wanted.empty()) said = kind + ": " + said;
            }
            std::replace(said.begin(), said.end(), '\n', ' ');
            TRY_VALUE(const std::vector<std::string> ids, products_.named_by(entry));
            auto& into = wanted.empty() && !category.empty() ? remedies_ : reasons_;
            for (const std::string& id : ids) {
                std::string& reason = into[id];
                if (reason.size() > 300) continue;
                reason += (reason.empty() ? "" : "; ") + shortened(said, 300);
            }
        }
        return {};
    }

    // Where one version of a product is said to have the fix, that is what to bring in.
    Status collect_fixes(object status) {
        for (const std::string_view name : {"first_fixed", "fixed"}) {
            TRY_VALUE(const std::vector<std::string> ids, texts_at(status, name, max_name));
            for (const std::string& id : ids)
                if (const CsafProduct* one = products_.find(id); one != nullptr && !one->version.empty())
                    fixes_[{one->vendor, one->product}].insert(one->version);
        }
        return {};
    }

    std::string reason_of(const std::string& id, StatementStatus status) const {
        const auto& from = status == StatementStatus::affected ? remedies_ : reasons_;
        const auto found = from.find(id);
        return found == from.end() ? std::string() : found->second;
    }

    void add(const std::string& id, StatementStatus status, Record& out) {
        const CsafProduct* product = products_.find(id);
        if (product == nullptr) {
            ++left_out_;
            return;
        }
        if (!product->part_of.empty()) {
            const CsafProduct* whole = products_.find(product->part_of);
            const auto purl = component::Purl::parse(product->purl);
            const std::string release = whole == nullptr ? std::string() : release_of(*whole);
            if (!release.empty() && purl.ok() && purl->type == "rpm") return add(id, *purl, release, status);
            // A part that has the fault is in a whole that has it; that one part has it not clears nothing.
            // What runs on something is itself.
            if (whole == nullptr || status == StatementStatus::not_affected ||
                status == StatementStatus::fixed) {
                ++left_out_;
                return;
            }
            if (!product->installed) product = whole;
        }
        MakerStatement statement;
        statement.status = status;
        statement.vendor = product->vendor;
        statement.product = product->product;
        statement.purl = product->purl;
        if (const auto cpe = component::Cpe::parse(product->cpe); cpe.ok()) {
            statement.cpes.push_back(product->cpe);
            const auto& version = (*cpe)[component::CpeField::version];
            if (version.kind == component::CpeAttribute::Kind::value && product->version.empty() &&
                product->range.empty())
                statement.versions.push_back({version.plain(), {}, {}, {}, {}, {}});
        }
        if (!product->version.empty())
            statement.versions.push_back({product->version, {}, {}, {}, {}, {}});
        else if (!product->range.empty())
            statement.versions = read_ranges(product->range);
        if (const auto fixes = fixes_.find({product->vendor, product->product});
            status == StatementStatus::affected && fixes != fixes_.end() && fixes->second.size() == 1)
            statement.fixed_in = *fixes->second.begin();
        statement.reason = reason_of(id, status);
        const bool named = !statement.purl.empty() || !statement.cpes.empty() ||
                           (!statement.vendor.empty() && !statement.product.empty());
        if (named)
            out.applicability.emplace_back(std::move(statement));
        else
            ++left_out_;
    }

    void add(const std::string& id, const component::Purl& purl, const std::string& release,
             StatementStatus status) {
        Package& package = packages_[{release, purl.name}];
        if (package.reason.empty()) package.reason = reason_of(id, status);
        switch (status) {
        case StatementStatus::fixed: {
            const auto epoch = purl.qualifier("epoch");
            const bool add_epoch = !epoch.empty() && purl.version.find(':') == std::string::npos;
            if (!purl.version.empty())
                package.fixed.insert((add_epoch ? std::string(epoch) + ":" : "") + purl.version);
            break;
        }
        case StatementStatus::affected:
            package.affected = true;
            break;
        case StatementStatus::under_investigation:
            package.investigated = true;
            break;
        case StatementStatus::not_affected:
            package.clear = true;
            break;
        }
    }

    // Several fixed versions of one name are streams of a module, which a version does not tell apart.
    static void add(const std::string& release, const std::string& name, const Package& package,
                    Record& out) {
        PackageStatement statement;
        statement.ecosystem = release;
        statement.name = name;
        statement.partial = true;
        statement.note = package.reason;
        if (package.fixed.size() > 1 ||
            (package.fixed.empty() && !package.affected && package.investigated)) {
            statement.status = advisory::Status::unknown;
        } else if (package.fixed.empty() && !package.affected) {
            if (!package.clear) return;
            statement.status = advisory::Status::unaffected;
        } else {
            PackageRange range;
            range.events.push_back({RangeEvent::Kind::introduced, "0"});
            if (!package.fixed.empty())
                range.events.push_back({RangeEvent::Kind::fixed, *package.fixed.begin()});
            statement.ranges.push_back(std::move(range));
        }
        out.applicability.emplace_back(std::move(statement));
    }

    const CsafProducts& products_;
    object in_;
    std::map<std::string, std::string> reasons_, remedies_; // by product id
    std::map<std::pair<std::string, std::string>, std::set<std::string>> fixes_;
    std::map<std::pair<std::string, std::string>, Package> packages_; // by release and name
    std::uint64_t left_out_ = 0;
};

Status read_scores(object in, Record& out) {
    const auto take = [&](object score) -> Status {
        for (const std::string_view version : {"cvss_v4", "cvss_v3", "cvss_v2"}) {
            TRY_VALUE(const std::optional<object> cvss, object_at(score, version));
            if (!cvss) continue;
            TRY_VALUE(std::string vector, text_at(*cvss, "vectorString", max_version));
            const bool again = std::any_of(out.cvss.begin(), out.cvss.end(),
                                           [&](const advisory::CvssVector& v) { return v.vector == vector; });
            if (!vector.empty() && !again) out.cvss.push_back({"csaf", std::move(vector), 0});
        }
        return {};
    };
    TRY_VALUE(const std::optional<array> scores, array_at(in, "scores"));
    if (scores)
        for (const element item : *scores) {
            TRY_VALUE(const object score, object_of(item, "scores"));
            TRY(take(score));
        }
    // CSAF 2.1.
    TRY_VALUE(const std::optional<array> metrics, array_at(in, "metrics"));
    if (metrics)
        for (const element item : *metrics) {
            TRY_VALUE(const object metric, object_of(item, "metrics"));
            TRY_VALUE(const std::optional<object> content, object_at(metric, "content"));
            if (content) {
                TRY(take(*content));
            }
        }
    return {};
}

Status read_texts(object in, Record& out) {
    TRY_VALUE(const std::string title, text_at(in, "title", 64UL * 1024));
    if (!title.empty()) out.title = shortened(title, max_name);
    TRY_VALUE(const std::optional<array> notes, array_at(in, "notes"));
    if (notes)
        for (const element item : *notes) {
            TRY_VALUE(const object note, object_of(item, "notes"));
            TRY_VALUE(const std::string category, text_at(note, "category", 64));
            TRY_VALUE(const std::string text, text_at(note, "text", 1UL << 20));
            if (category == "description" || (category == "summary" && out.description.empty()))
                out.description = shortened(text, max_description);
        }
    TRY_VALUE(const std::optional<object> weakness, object_at(in, "cwe"));
    if (weakness) {
        TRY_VALUE(std::string id, text_at(*weakness, "id", 32));
        if (is_weakness(id)) out.weaknesses.push_back(std::move(id));
    }
    return {};
}

// The id of the vulnerability where it has no CVE id: another system's.
Result<std::string> other_id(object in) {
    TRY_VALUE(const std::optional<array> ids, array_at(in, "ids"));
    if (!ids) return std::string();
    for (const element item : *ids) {
        TRY_VALUE(const object entry, object_of(item, "ids"));
        if (auto id = id_at(entry, "text"); id.ok()) return id;
    }
    return std::string();
}

// Every record of the document begins as this one.
Result<Record> read_head(object document) {
    Record out;
    out.source = advisory::Source::csaf;
    TRY_VALUE(const std::optional<object> head, object_at(document, "document"));
    if (!head) return base::invalid("\"document\" is missing");
    TRY_VALUE(const std::string title, text_at(*head, "title", 64UL * 1024));
    out.title = shortened(title, max_name);
    TRY_VALUE(const std::optional<object> publisher, object_at(*head, "publisher"));
    if (publisher) {
        TRY_VALUE(out.publisher, text_at(*publisher, "namespace", max_name));
    }
    TRY_VALUE(const std::optional<object> tracking, object_at(*head, "tracking"));
    if (!tracking) return base::invalid("\"tracking\" is missing").at("document");
    TRY_VALUE(out.id, id_at(*tracking, "id"));
    TRY_VALUE(out.published, time_at(*tracking, "initial_release_date"));
    TRY_VALUE(out.modified, time_at(*tracking, "current_release_date"));
    TRY_VALUE(const std::string status, text_at(*tracking, "status", 32));
    if (status == "draft") return base::invalid("it is a draft, which may still change in every way");
    return out;
}

} // namespace

Result<ReadDocument> read_csaf(object document) {
    ReadDocument out;
    auto head = read_head(document);
    if (!head.ok()) return std::move(head).error();
    TRY_VALUE(const CsafProducts products, read_csaf_products(document));
    TRY_VALUE(const std::optional<array> vulnerabilities, array_at(document, "vulnerabilities"));
    if (!vulnerabilities) return out;
    std::uint64_t number = 0;
    for (const element item : *vulnerabilities) {
        ++number;
        Record record = *head;
        std::uint64_t left_out = 0;
        const auto read = [&]() -> Status {
            TRY_VALUE(const object in, object_of(item, "vulnerabilities"));
            TRY_VALUE(const std::string cve, text_at(in, "cve", max_id));
            TRY_VALUE(const std::string other, other_id(in));
            if (cve.empty() && !other.empty()) record.aliases.push_back(other);
            if (!cve.empty() && cve != record.id) record.covers.push_back(cve);
            record.part = !cve.empty() ? cve : std::to_string(number);
            TRY(read_texts(in, record));
            TRY(read_scores(in, record));
            Vulnerability vulnerability(products, in);
            TRY(vulnerability.read(record));
            left_out = vulnerability.left_out();
            return {};
        };
        const std::string where = record.id + " vulnerability " + std::to_string(number);
        if (const Status done = read(); !done.ok()) {
            out.rejected.push_back({where, done.error().text()});
            continue;
        }
        if (left_out > 0)
            out.rejected.push_back({where, std::to_string(left_out) +
                                               " products that it names are not named in a way that can be "
                                               "matched"});
        out.records.push_back(std::move(record));
    }
    return out;
}

} // namespace oakum::feeds
