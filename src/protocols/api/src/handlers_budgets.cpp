// SPDX-License-Identifier: Apache-2.0
#include "early_return.hpp"
#include "encode.hpp"
#include "routes.hpp"

#include <budget_files/budget_json.hpp>

namespace oakum::api {

namespace {

constexpr std::size_t kSmall = 65'536;

} // namespace

void write(Out& o, const Budget::Group& v) {
    object(o, [&] { o("group", v.group)("devices", v.devices)("out", v.out)("allowed", v.allowed); });
}
void write(Out& o, const Budget& v) {
    object(o, [&] {
        o("name", v.budget.name);
        o.w.key("rule");
        budget_files::write_budget(o.w, v.budget);
        o("sentence", v.sentence)("devices", v.devices)("groups", v.groups)("full", v.full);
        o("tightest", v.tightest)("warnings", v.warnings);
    });
}
void write(Out& o, const Budgets& v) {
    object(o, [&] { o("items", v.items); });
}

void list_budgets(Context& context, Call call) {
    context.services.budgets.list(call.actor(), answer_json<Budgets>(call));
}

void preview_budget(Context& context, Call call) {
    BODY(budget, kSmall, budget_files::read_budget);
    context.services.budgets.preview(call.actor(), std::move(*budget), answer_json<Budget>(call));
}

void put_budget(Context& context, Call call) {
    BODY(budget, kSmall, budget_files::read_budget);
    if (budget->name != call.path.front())
        return call.reply.problem(
            base::invalid("it is \"" + call.path.front() + "\" in the path").at("/name"));
    context.services.budgets.put(call.actor(), std::move(*budget), answer_json<Budget>(call));
}

void remove_budget(Context& context, Call call) {
    context.services.budgets.remove(call.actor(), call.path.front(),
                                    [reply = call.reply](base::Result<base::Nothing> done) {
                                        if (!done.ok()) return reply.problem(done.error());
                                        reply.nothing();
                                    });
}

} // namespace oakum::api
