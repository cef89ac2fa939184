// SPDX-License-Identifier: Apache-2.0
// OpenVEX and CycloneDX documents as feeds. A feed is read for every device: what is stated of a part of one
// product would silence the same part in others, and is left to the scan of that product.
#include "formats.hpp"
#include "version_ranges.hpp"

#include <component/purl.hpp>
#include <openvex/document.hpp>

#include <optional>
#include <set>
#include <utility>

namespace oakum::feeds {
namespace {

using advisory::MakerStatement;
using advisory::Record;
using component::StatementStatus;

constexpr std::string_view of_a_part =
    "it is about a part of a product, which the same part in other products must not be cleared by";

Record record_of(advisory::Source source, std::string id, std::string part) {
    Record out;
    out.source = source;
    out.id = std::move(id);
    out.part = std::move(part);
    return out;
}

std::optional<StatementStatus> status_of(std::string_view state) {
    if (state == "resolved" || state == "resolved_with_pedigree") return StatementStatus::fixed;
    if (state == "exploitable") return StatementStatus::affected;
    if (state == "in_triage") return StatementStatus::under_investigation;
    if (state == "not_affected" || state == "false_positive") return StatementStatus::not_affected;
    return std::nullopt;
}

// What a CycloneDX document describes, and by which reference its analyses call it.
struct Described {
    std::string reference;
    MakerStatement statement; // what names it
};

Result<Described> read_described(object document) {
    Described out;
    TRY_VALUE(const std::optional<object> metadata, object_at(document, "metadata"));
    if (!metadata) return out;
    TRY_VALUE(const std::optional<object> component, object_at(*metadata, "component"));
    if (!component) return out;
    TRY_VALUE(out.reference, text_at(*component, "bom-ref", max_name));
    TRY_VALUE(out.statement.purl, text_at(*component, "purl", max_name));
    TRY_VALUE(const std::string cpe, text_at(*component, "cpe", max_cpe));
    if (!cpe.empty()) out.statement.cpes.push_back(cpe);
    TRY_VALUE(out.statement.product, text_at(*component, "name", max_name));
    TRY_VALUE(out.statement.vendor, text_at(*component, "publisher", max_name));
    for (const std::string_view key : {"supplier", "manufacturer"}) {
        TRY_VALUE(const std::optional<object> maker, object_at(*component, key));
        if (maker && out.statement.vendor.empty()) {
            TRY_VALUE(out.statement.vendor, text_at(*maker, "name", max_name));
        }
    }
    TRY_VALUE(const std::string version, text_at(*component, "version", max_version));
    if (!version.empty()) out.statement.versions.push_back({version, {}, {}, {}, {}, {}});
    return out;
}

// Which versions of the thing an "affects" entry means: those that it lists, else the one described.
Status read_versions(object affected, MakerStatement& statement) {
    TRY_VALUE(const std::optional<array> versions, array_at(affected, "versions"));
    if (!versions || versions->size() == 0) return {};
    statement.versions.clear();
    // A purl of one version would leave the others out.
    if (auto purl = component::Purl::parse(statement.purl); purl.ok()) {
        purl->version.clear();
        statement.purl = purl->text();
    }
    for (const element item : *versions) {
        TRY_VALUE(const object version, object_of(item, "versions"));
        TRY_VALUE(const std::string status, text_at(version, "status", 32));
        if (!status.empty() && status != "affected") continue;
        TRY_VALUE(const std::string one, text_at(version, "version", max_version));
        TRY_VALUE(const std::string range, text_at(version, "range", max_version));
        if (!one.empty()) statement.versions.push_back({one, {}, {}, {}, {}, {}});
        if (range.empty()) continue;
        auto several = read_ranges(range);
        if (several.empty()) several.push_back({"*", {}, {}, {}, {}, {}});
        statement.versions.insert(statement.versions.end(), several.begin(), several.end());
    }
    if (statement.versions.empty()) return base::invalid("no version is said to be meant").at("affects");
    return {};
}

Status read_analysis(object in, const Described& described, Record& out) {
    TRY_VALUE(const std::optional<object> analysis, object_at(in, "analysis"));
    if (!analysis) return base::invalid("it has no analysis");
    TRY_VALUE(const std::string state, text_at(*analysis, "state", 64));
    const auto status = status_of(state);
    if (!status) return base::invalid("\"" + state + "\" is no state of an analysis").at("analysis");
    TRY_VALUE(std::string reason, text_at(*analysis, "justification", max_name));
    TRY_VALUE(const std::string detail, text_at(*analysis, "detail", 1UL << 20));
    if (!detail.empty()) reason += (reason.empty() ? "" : ": ") + shortened(detail, 300);
    MakerStatement statement = described.statement;
    statement.status = *status;
    statement.reason = std::move(reason);
    TRY_VALUE(const std::optional<array> affects, array_at(in, "affects"));
    if (!affects || affects->size() == 0) {
        out.applicability.emplace_back(std::move(statement));
        return {};
    }
    for (const element item : *affects) {
        TRY_VALUE(const object affected, object_of(item, "affects"));
        TRY_VALUE(const std::string reference, text_at(affected, "ref", max_name));
        if (described.reference.empty() || reference != described.reference) continue;
        MakerStatement one = statement;
        TRY(read_versions(affected, one));
        out.applicability.emplace_back(std::move(one));
    }
    if (out.applicability.empty()) return base::invalid(std::string(of_a_part));
    return {};
}

} // namespace

Result<ReadDocument> read_openvex(std::string_view text) {
    ReadDocument out;
    TRY_VALUE(const openvex::Document document, openvex::read(text));
    // What a document says of one thing last counts.
    std::set<std::pair<std::string, std::string>> said;
    for (std::size_t number = document.statements.size(); number > 0; --number) {
        const openvex::Statement& statement = document.statements[number - 1];
        const std::string where = "statement " + std::to_string(number);
        if (statement.of_parts) {
            out.rejected.push_back({where, std::string(of_a_part)});
            continue;
        }
        // A new edition of a document replaces the old.
        Record record = record_of(advisory::Source::openvex, statement.vulnerabilities.front(),
                                  document.id + " " + std::to_string(number));
        if (record.id.empty() || record.id.size() > max_id) {
            out.rejected.push_back({where, "its vulnerability has no id"});
            continue;
        }
        record.aliases.assign(statement.vulnerabilities.begin() + 1, statement.vulnerabilities.end());
        record.modified = document.timestamp;
        bool named = false;
        for (const std::string& about : statement.about) {
            if (!component::Purl::parse(about).ok()) continue;
            named = true;
            if (!said.emplace(record.id, about).second) continue;
            MakerStatement one;
            one.status = statement.status;
            one.purl = about;
            one.reason = statement.justification;
            record.applicability.emplace_back(std::move(one));
        }
        if (!named)
            out.rejected.push_back({where, "none of its products has a purl"});
        else if (!record.applicability.empty())
            out.records.push_back(std::move(record));
    }
    return out;
}

Result<ReadDocument> read_cyclonedx(object document) {
    ReadDocument out;
    TRY_VALUE(const Described described, read_described(document));
    TRY_VALUE(const std::string serial, text_at(document, "serialNumber", max_name));
    base::TimePoint written{};
    TRY_VALUE(const std::optional<object> metadata, object_at(document, "metadata"));
    if (metadata) {
        TRY_VALUE(written, time_at(*metadata, "timestamp"));
    }
    TRY_VALUE(const std::optional<array> list, array_at(document, "vulnerabilities"));
    if (!list) return base::invalid("it states nothing about vulnerabilities");
    const MakerStatement& name = described.statement;
    const bool named = component::Purl::parse(name.purl).ok() || !name.cpes.empty() ||
                       (!name.vendor.empty() && !name.product.empty());
    if (!named)
        return base::invalid("what it describes has no purl, no CPE name, and not both a maker and a name")
            .at("metadata");
    std::size_t number = 0;
    for (const element item : *list) {
        ++number;
        Record record;
        const auto read = [&]() -> Status {
            TRY_VALUE(const object in, object_of(item, "vulnerabilities"));
            TRY_VALUE(std::string id, id_at(in, "id"));
            record = record_of(advisory::Source::cyclonedx, std::move(id),
                               (serial.empty() ? name.purl + name.product : serial) + " " +
                                   std::to_string(number));
            record.modified = written;
            return read_analysis(in, described, record);
        };
        if (const Status done = read(); !done.ok())
            out.rejected.push_back({record.id.empty() ? "vulnerability " + std::to_string(number) : record.id,
                                    done.error().text()});
        else
            out.records.push_back(std::move(record));
    }
    return out;
}

} // namespace oakum::feeds
