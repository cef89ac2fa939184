// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.hpp"

#include <api/budgets_service.hpp>
#include <budgets/budgets.hpp>

namespace oakum::server {

class BudgetsService final : public api::BudgetsService {
  public:
    BudgetsService(Context context, budgets::Budgets& budgets) : context_(context), budgets_(budgets) {}

    void list(const access::Actor& actor, api::Answer<api::Budgets> answer) override;
    void preview(const access::Actor& actor, budget::Budget budget, api::Answer<api::Budget> answer) override;
    void put(const access::Actor& actor, budget::Budget budget, api::Answer<api::Budget> answer) override;
    void remove(const access::Actor& actor, std::string name, api::Answer<base::Nothing> answer) override;

  private:
    Context context_;
    budgets::Budgets& budgets_;
};

} // namespace oakum::server
