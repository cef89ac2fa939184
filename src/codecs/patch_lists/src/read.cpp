// SPDX-License-Identifier: Apache-2.0
#include <patch_lists/read.hpp>

#include <component/cpe.hpp>
#include <json/parse.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace oakum::patch_lists {
namespace {

using base::Result;
using base::Status;
using component::Statement;
using component::StatementStatus;
using json::Value;

constexpr std::size_t longest = 4096;
constexpr std::size_t most_packages = 100'000;

// Details of CVE_STATUS that say why nothing is done, not that there is nothing.
constexpr std::array clears_nothing{std::string_view("upstream-wontfix"), std::string_view("disputed"),
                                    std::string_view("vulnerable-investigating"),
                                    std::string_view("unknown")};

class Reader {
  public:
    Status add(const std::string& id, StatementStatus status, const std::string& reason,
               const std::vector<std::string>& names, const std::string& version) {
        if (out.size() + names.size() > most_statements)
            return base::too_large("more than a million statements");
        for (const std::string& name : names) {
            Statement& statement = out.emplace_back();
            statement.advisory = id;
            statement.component_name = name;
            statement.status = status;
            statement.justification = reason;
            if (!version.empty()) statement.version = version;
        }
        return {};
    }

    std::vector<Statement> out;
};

void add_name(std::vector<std::string>& names, std::string name) {
    if (!name.empty() && std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
}

Status read_issue(const Value& issue, const std::vector<std::string>& names, const std::string& version,
                  Reader& reader) {
    TRY_VALUE(const std::string id, issue.string_at("id", 128));
    TRY_VALUE(const std::string status, issue.string_at("status", 64));
    if (id.empty()) return issue.wrong("an issue without an id");
    if (status == "Unpatched") return {}; // what the sources find counts
    const bool patched = status == "Patched";
    if (!patched && status != "Ignored")
        return issue.find("status")->wrong("\"" + status + "\" is no status");
    TRY_VALUE(const auto detail, issue.optional_string_at("detail", longest));
    TRY_VALUE(const auto said, issue.optional_string_at("description", longest));
    if (!patched && detail && std::ranges::find(clears_nothing, *detail) != clears_nothing.end()) return {};
    std::string reason = patched ? "patched in the build (Yocto)" : "left out by the build (Yocto)";
    for (const auto& more : {detail, said})
        if (more && !more->empty()) reason += ": " + *more;
    return reader.add(id, patched ? StatementStatus::fixed : StatementStatus::not_affected, reason, names,
                      version);
}

Status read_yocto(const Value& root, Reader& reader) {
    TRY_VALUE(const Value packages, root.array_at("package", most_packages));
    for (const Value& package : packages.items()) {
        std::vector<std::string> names;
        TRY_VALUE(std::string name, package.string_at("name", longest));
        add_name(names, std::move(name));
        TRY_VALUE(const auto version, package.optional_string_at("version", longest));
        TRY_VALUE(const auto products, package.optional_array_at("products", 1000));
        if (products)
            for (const Value& product : products->items()) {
                TRY_VALUE(std::string known_as, product.string_at("product", longest));
                add_name(names, std::move(known_as));
            }
        TRY_VALUE(const auto issues, package.optional_array_at("issue", most_statements));
        if (!issues) continue;
        for (const Value& issue : issues->items())
            TRY(read_issue(issue, names, version.value_or(""), reader));
    }
    return {};
}

Status read_buildroot(const Value& root, Reader& reader) {
    TRY_VALUE(const Value packages, root.object_at("packages", most_packages));
    for (const Value& package : packages.items()) {
        std::vector<std::string> names;
        TRY_VALUE(const auto name, package.optional_string_at("name", longest));
        add_name(names, name.value_or(std::string(package.key())));
        TRY_VALUE(const auto version, package.optional_string_at("current_version", longest));
        TRY_VALUE(const auto cpe, package.optional_string_at("cpeid", longest));
        if (const auto parsed = component::Cpe::parse(cpe.value_or("")); parsed.ok())
            add_name(names, (*parsed)[component::CpeField::product].plain());
        TRY_VALUE(const auto ignored, package.optional_array_at("ignored_cves", most_statements));
        if (!ignored) continue;
        for (const Value& id : ignored->items()) {
            TRY_VALUE(const std::string text, id.as_string(128));
            TRY(reader.add(text, StatementStatus::not_affected,
                           "patched or left out by the build (Buildroot)", names, version.value_or("")));
        }
    }
    return {};
}

} // namespace

bool is_patch_list(std::string_view text) {
    text = text.substr(0, 64UL << 10);
    const auto has = [&](std::string_view name) { return text.find(name) != std::string_view::npos; };
    return (has("\"package\"") && has("\"issue\"")) || (has("\"packages\"") && has("\"ignored_cves\""));
}

Result<std::vector<Statement>> read(std::string_view text) {
    json::Limits limits;
    limits.max_bytes = 64UL << 20;
    limits.max_values = 4'000'000;
    limits.floats = true;
    TRY_VALUE(const Value root, json::parse(text, limits));
    Reader reader;
    if (root.is_object() && root.find("package")) {
        TRY(read_yocto(root, reader));
    } else {
        TRY(read_buildroot(root, reader));
    }
    return std::move(reader.out);
}

} // namespace oakum::patch_lists
