// SPDX-License-Identifier: Apache-2.0
#include "plans.hpp"

#include "plan_forms.hpp"
#include "plan_source.hpp"

#include <base/digest.hpp>
#include <budget_files/budget_json.hpp>
#include <cli/table.hpp>
#include <json/parse.hpp>
#include <json/writer.hpp>
#include <schedule_files/rule_json.hpp>

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>

namespace oakum::cli {
namespace {

using plan_files::Document;
using ports::Method;

enum class Deed { none, make, change, refuse };
std::string_view to_string(Deed deed) {
    constexpr std::array<std::string_view, 4> kWords{"as it is", "new", "change", "refused"};
    return kWords[static_cast<std::size_t>(deed)];
}

// What a document would do.
struct Step {
    const Document* document = nullptr;
    json::Value form;
    std::string release_id;                // of a rollout
    std::string found_id, state, sentence; // of what the server has by its name
    Deed deed = Deed::make;
    std::vector<Difference> differences;
};

// What the server has, read once for all documents of a file.
class Server {
  public:
    explicit Server(Api& api) : api_(api) {}

    // The newest of that name; nothing when there is none.
    base::Result<std::optional<json::Value>> rollout(const std::string& name) {
        if (!newest_) {
            newest_.emplace();
            std::string cursor;
            do {
                TRY_VALUE(const json::Value page,
                          api_.get(target("/api/v1/rollouts", {{"limit", "200"}, {"cursor", cursor}})));
                if (const auto list = page.find("items"))
                    for (const json::Value& item : list->items())
                        newest_->try_emplace(text_at(item, "/name"), text_at(item, "/id"));
                cursor = text_at(page, "/next_cursor");
            } while (!cursor.empty());
        }
        const auto found = newest_->find(name);
        if (found == newest_->end()) return std::optional<json::Value>();
        TRY_VALUE(json::Value whole, api_.get("/api/v1/rollouts/" + encode(found->second)));
        return std::optional(std::move(whole));
    }
    base::Result<std::optional<json::Value>> named(const std::string& path, const std::string& name) {
        TRY_VALUE(const json::Value* list, all(path));
        if (const auto items = list->find("items"))
            for (const json::Value& item : items->items())
                if (text_at(item, "/name") == name) return std::optional(item);
        return std::optional<json::Value>();
    }
    base::Result<std::size_t> count(const std::string& path) {
        TRY_VALUE(const json::Value* list, all(path));
        std::size_t count = 0;
        if (const auto items = list->find("items"))
            for ([[maybe_unused]] const json::Value& item : items->items())
                ++count;
        return count;
    }

  private:
    base::Result<const json::Value*> all(const std::string& path) {
        if (!lists_.contains(path)) {
            TRY_VALUE(json::Value list, api_.get(path));
            lists_.emplace(path, std::move(list));
        }
        return &lists_.at(path);
    }

    Api& api_;
    std::map<std::string, json::Value> lists_;
    std::optional<std::map<std::string, std::string>> newest_; // rollouts: name to id
};

bool is_over(std::string_view state) {
    return state == "finished" || state == "rolled_back" || state == "aborted";
}

// The form with the release as the server calls it, so that an id and a name are the same.
json::Value with_release(const json::Value& form, const std::string& called) {
    std::string bytes;
    json::Writer writer(bytes);
    writer.begin_object();
    for (const json::Value& member : form.items()) {
        writer.key(member.key());
        if (member.key() == "release")
            writer.value(called);
        else
            writer.raw(member.source());
    }
    writer.end_object();
    return json::parse(bytes).value();
}

base::Result<Step> look_at_rollout(Api& api, Server& server, const Document& document, json::Value form) {
    Step step{&document, std::move(form), {}, {}, {}, {}, Deed::make, {}};
    const auto at_release = [](base::Error error) {
        error.where = "/release";
        return error;
    };
    auto id = id_of(api, "release", text_at(step.form, "/release"));
    if (!id.ok()) return at_release(id.error());
    step.release_id = *id;
    const auto release = api.get("/api/v1/releases/" + encode(*id));
    if (!release.ok()) return at_release(release.error());
    step.form = with_release(step.form, text_at(*release, "/name") + "@" + text_at(*release, "/version"));
    TRY_VALUE(const auto found, server.rollout(document.name));
    if (found) {
        step.found_id = text_at(*found, "/id");
        step.state = text_at(*found, "/state");
        step.sentence = text_at(*found, "/sentence");
        step.differences = differences(form_of_rollout(*found), step.form);
        if (step.differences.empty())
            step.deed = Deed::none;
        else if (!is_over(step.state))
            step.deed = Deed::refuse;
    }
    if (step.deed == Deed::make && text_at(*release, "/state") != "published")
        return base::conflict(text_at(step.form, "/release") + " is " + text_at(*release, "/state") +
                              ", not published: oakum release publish " + *id)
            .at("/release");
    return step;
}

std::string path_of(const Document& document) {
    return document.kind == "budget" ? "/api/v1/budgets" : "/api/v1/schedules";
}

base::Result<Step> look_at(Api& api, Server& server, const Document& document) {
    TRY_VALUE(json::Value form, full_form(document));
    if (document.kind == "rollout") return look_at_rollout(api, server, document, std::move(form));
    Step step{&document, std::move(form), {}, {}, {}, {}, Deed::make, {}};
    TRY_VALUE(const auto found, server.named(path_of(document), document.name));
    if (found) {
        step.sentence = text_at(*found, "/sentence");
        step.differences = differences(
            document.kind == "budget" ? form_of_budget(*found) : form_of_schedule(*found), step.form);
        step.deed = step.differences.empty() ? Deed::none : Deed::change;
    }
    return step;
}

base::Result<std::vector<Step>> look(const Session& session, Api& api, Server& server, const Plans& plans) {
    std::vector<Step> steps;
    std::vector<std::string> wrong;
    for (const Document& document : plans.documents) {
        auto step = look_at(api, server, document);
        if (step.ok()) {
            steps.push_back(std::move(*step));
            continue;
        }
        if (!Plans::is_of_the_file(step.error())) return std::move(step).error();
        wrong.push_back(plans.at_line(document, step.error()).message);
    }
    if (!wrong.empty()) return wrong_lines(session, plans.file, wrong);
    return steps;
}

// A line for each thing that would be, or is, different.
std::vector<json::Value> rows_of(const std::vector<Step>& steps) {
    std::vector<json::Value> rows;
    const auto row = [&](const Step& step, const Difference& difference) {
        std::string bytes;
        json::Writer(bytes)
            .begin_object()
            .member("kind", step.document->kind)
            .member("name", step.document->name)
            .member("line", step.document->place("").line)
            .member("result", to_string(step.deed))
            .member("state", step.state)
            .member("what", difference.place)
            .member("now", difference.now)
            .member("file", difference.file)
            .end_object();
        rows.push_back(json::parse(bytes).value());
    };
    for (const Step& step : steps) {
        if (step.deed == Deed::none) continue;
        if (step.differences.empty()) row(step, {});
        for (const Difference& difference : step.differences)
            row(step, difference);
    }
    return rows;
}

void show_differences(const Shown& shown, const std::vector<Step>& steps) {
    shown.page({{"KIND", "/kind"},
                {"NAME", "/name", Format::id},
                {"RESULT", "/result"},
                {"STATE", "/state", Format::text, 1},
                {"WHAT", "/what", Format::id},
                {"NOW", "/now"},
                {"FILE", "/file"}},
               rows_of(steps), "Everything is as the file says.");
}

// What stands in the way of a file as a whole.
std::optional<base::Error> refusal(const Session& session, const Plans& plans,
                                   const std::vector<Step>& steps) {
    std::size_t refused = 0;
    for (const Step& step : steps) {
        if (step.deed != Deed::refuse) continue;
        ++refused;
        const Difference& first = step.differences.front();
        session.console.err(
            placed(plans.file, step.document->place(first.place),
                   fmt::format(
                       "the rollout \"{}\" is {} with {} \"{}\", and the file says \"{}\"{}. What a "
                       "rollout does is not changed once it was made: end it with 'oakum rollout abort {} "
                       "--why ...' and apply again, or give it another name",
                       step.document->name, step.state, first.place, first.now, first.file,
                       step.differences.size() > 1
                           ? fmt::format(" (and {} more)", step.differences.size() - 1)
                           : "",
                       step.found_id)) +
            "\n");
    }
    if (refused == 0) return std::nullopt;
    return base::conflict(fmt::format("{} rollout{} of {} {} not over and {}; nothing was changed", refused,
                                      refused == 1 ? "" : "s", plans.file, refused == 1 ? "is" : "are",
                                      refused == 1 ? "differs" : "differ"));
}

// A pipeline that runs twice, or one person who applies a file twice at once, makes one rollout: a second
// request of the same account with this key is given the first one's answer.
std::string key_of(const Step& step, const std::string& body) {
    return "apply-" + base::sha256(step.found_id + "\n" + body).hex();
}

base::Result<json::Value> carry_out(Api& api, const Step& step) {
    Api::Body body;
    body.bytes = request_of(step.form, step.release_id);
    if (step.document->kind == "rollout") {
        body.headers.emplace_back("idempotency-key", key_of(step, body.bytes));
        return api.call(Method::post, "/api/v1/rollouts", &body);
    }
    return api.call(Method::put, path_of(*step.document) + "/" + encode(step.document->name), &body);
}

// The server's own look at what can be replaced freely, before the first change is made.
base::Status preview(Api& api, const Plans& plans, const std::vector<Step>& steps) {
    for (const Step& step : steps) {
        if (step.document->kind == "rollout" || step.deed == Deed::none) continue;
        Api::Body body;
        body.bytes = request_of(step.form, "");
        if (auto said = api.call(Method::post, path_of(*step.document) + "/preview", &body); !said.ok())
            return Plans::is_of_the_file(said.error()) ? plans.at_line(*step.document, said.error())
                                                       : said.error();
    }
    return {};
}

// Each one fits by itself, as the server said; together they may be more than it takes.
base::Status have_room(Server& server, const Plans& plans, const std::vector<Step>& steps) {
    struct Kept {
        std::size_t most;
        std::string_view words;
        std::size_t count = 0;
    };
    std::map<std::string, Kept> kept{
        {"/api/v1/budgets", {budget_files::kMostBudgets, "budgets"}},
        {"/api/v1/schedules", {schedule_files::kMostRules, "windows and freezes"}}};
    for (auto& [path, of] : kept) {
        std::size_t added = 0;
        const Document* last = nullptr;
        for (const Step& step : steps)
            if (step.document->kind != "rollout" && step.deed == Deed::make &&
                path_of(*step.document) == path) {
                ++added;
                last = step.document;
            }
        if (added == 0) continue;
        TRY_VALUE(const std::size_t there, server.count(path));
        if (there + added > of.most)
            return base::too_large(placed(plans.file, last->place(""),
                                          fmt::format("a server keeps {} {} at most; it has {}, and the file "
                                                      "adds {}; nothing was changed",
                                                      of.most, of.words, there, added)));
    }
    return {};
}

json::Value done_row(const Step& step, std::string_view result, const std::string& id,
                     const std::string& sentence) {
    std::string bytes;
    json::Writer(bytes)
        .begin_object()
        .member("kind", step.document->kind)
        .member("name", step.document->name)
        .member("result", result)
        .member("id", id)
        .member("sentence", sentence)
        .end_object();
    return json::parse(bytes).value();
}

} // namespace

base::Status apply_plans(const Session& session, const std::string& file) {
    TRY_VALUE(const Plans plans, plans_in(session, file));
    TRY_VALUE(Api api, session.api());
    Server server(api);
    TRY_VALUE(const std::vector<Step> steps, look(session, api, server, plans));
    if (auto refused = refusal(session, plans, steps)) return *std::move(refused);
    TRY(preview(api, plans, steps));
    TRY(have_room(server, plans, steps));
    const Shown shown = session.shown();
    if (session.line.dry_run) {
        show_differences(shown, steps);
        shown.sentence("Nothing was changed; run it again without --dry-run.");
        return {};
    }
    std::vector<json::Value> rows;
    base::Status failed;
    for (const Step& step : steps) {
        if (step.deed == Deed::none) {
            rows.push_back(done_row(step, to_string(step.deed), step.found_id, step.sentence));
            continue;
        }
        auto done = carry_out(api, step);
        if (!done.ok()) {
            failed = Plans::is_of_the_file(done.error()) ? plans.at_line(*step.document, done.error())
                                                         : done.error();
            break;
        }
        rows.push_back(done_row(step, step.deed == Deed::make ? "made" : "changed", text_at(*done, "/id"),
                                text_at(*done, "/sentence")));
        if (const auto warnings = done->find("warnings"))
            for (const json::Value& warning : warnings->items())
                session.console.err("warning: " + printable(warning.text()) + "\n");
    }
    if (!failed.ok() && rows.empty()) return failed;
    shown.page({{"KIND", "/kind"},
                {"NAME", "/name", Format::id},
                {"RESULT", "/result"},
                {"ID", "/id", Format::id},
                {"", "/sentence"}},
               rows, "");
    // What was done stays; applying the file again goes on from there.
    return failed;
}

base::Status diff_plans(const Session& session, const std::string& file) {
    TRY_VALUE(const Plans plans, plans_in(session, file));
    TRY_VALUE(Api api, session.api());
    Server server(api);
    TRY_VALUE(const std::vector<Step> steps, look(session, api, server, plans));
    show_differences(session.shown(), steps);
    const auto differ =
        std::ranges::count_if(steps, [](const Step& step) { return step.deed != Deed::none; });
    if (differ == 0) return {};
    return base::invalid(fmt::format("{} of {} document{} in {} {} not as the server has {}", differ,
                                     steps.size(), steps.size() == 1 ? "" : "s", plans.file,
                                     differ == 1 ? "is" : "are", differ == 1 ? "it" : "them"));
}

base::Status edit_rollout(const Session& session, const std::string& given, const std::string& file,
                          const std::string& why) {
    TRY_VALUE(const Plans plans, plans_in(session, file));
    TRY_VALUE(Api api, session.api());
    TRY_VALUE(const std::string id, id_of(api, "rollout", given));
    const std::string path = "/api/v1/rollouts/" + encode(id);
    TRY_VALUE(const json::Value now, api.get(path));
    const auto document = std::ranges::find_if(plans.documents, [&](const Document& each) {
        return each.kind == "rollout" && each.name == text_at(now, "/name");
    });
    if (document == plans.documents.end())
        return base::invalid(
            fmt::format("{} has no rollout of the name \"{}\"", plans.file, text_at(now, "/name")));
    auto form = full_form(*document);
    if (!form.ok()) return plans.at_line(*document, form.error());
    const json::Value before = form_of_rollout(now);
    if (text_at(*form, "/release") == text_at(now, "/plan/release"))
        *form = with_release(*form, text_at(before, "/release"));
    Step step{
        &*document, *form, {}, id, text_at(now, "/state"), {}, Deed::change, differences(before, *form)};
    for (const Difference& each : step.differences)
        if (!each.place.starts_with("/waves/"))
            return base::conflict(
                placed(plans.file, document->place(each.place),
                       fmt::format(
                           "only waves can be changed that have not opened; {} is \"{}\" there, and the file "
                           "says \"{}\". Nothing was changed",
                           each.place, each.now, each.file)));
    const Shown shown = session.shown();
    if (step.differences.empty()) {
        shown.sentence("Everything is as the file says.");
        return {};
    }
    if (session.line.dry_run) {
        show_differences(shown, {step});
        shown.sentence("Nothing was changed; run it again without --dry-run.");
        return {};
    }
    Api::Body body;
    json::Writer(body.bytes)
        .begin_object()
        .key("waves")
        .raw(form->find("waves")->source())
        .member("content", text_at(now, "/content"))
        .member("why", why)
        .end_object();
    auto done = api.call(Method::put, path + "/waves", &body);
    if (!done.ok())
        return done.error().where.starts_with("/waves") ? plans.at_line(*document, done.error())
                                                        : done.error();
    shown.page(
        {{"NAME", "/name", Format::id}, {"RESULT", "/result"}, {"ID", "/id", Format::id}, {"", "/sentence"}},
        {done_row(step, "changed", id, text_at(*done, "/sentence"))}, "");
    return {};
}

base::Status export_rollout(const Flow& flow, const std::string& given) {
    TRY_VALUE(std::optional<json::Value> found, Server(flow.api).rollout(given));
    if (!found) {
        TRY_VALUE(const std::string id, id_of(flow.api, "rollout", given));
        TRY_VALUE(found, flow.api.get("/api/v1/rollouts/" + encode(id)));
    }
    const json::Value form = form_of_rollout(*found);
    flow.console.out(flow.shown.output == Output::json ? std::string(form.source()) + "\n"
                                                       : plan_files::write(form));
    return {};
}

} // namespace oakum::cli
