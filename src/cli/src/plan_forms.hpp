// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <json/value.hpp>
#include <plan_files/plan_files.hpp>
#include <rollout/plan.hpp>

// A plan in a file and the same plan on the server, brought to one form: everything is said, in the words of
// docs/rollout-plan.schema.json. Pure.
namespace oakum::cli {

// What a document means with all that it leaves out. Errors: invalid, with the place (queries, recurrences).
base::Result<json::Value> full_form(const plan_files::Document& document);
// The same of what the server has: an answer of its REST interface.
json::Value form_of_rollout(const json::Value& rollout);
json::Value form_of_schedule(const json::Value& schedule);
json::Value form_of_budget(const json::Value& budget);

// A rollout's full form as the plan that it is, without its release. Errors: invalid.
base::Result<rollout::Plan> plan_of(const json::Value& form);

// The body that the REST interface takes for it; a rollout's release by its id.
std::string request_of(const json::Value& form, const std::string& release_id);

struct Difference {
    std::string place, now, file; // "/waves/0/share_ppm"; empty where there is none
};
std::vector<Difference> differences(const json::Value& now, const json::Value& file);

} // namespace oakum::cli
