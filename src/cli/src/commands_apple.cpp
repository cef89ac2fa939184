// SPDX-License-Identifier: Apache-2.0
#include "command_builder.hpp"

namespace oakum::cli {

void add_apple(Builder& builder) {
    AppleProfileWish& wish = builder.given.apple_profile;
    CLI::App* profile = builder.noun("apple")->add_subcommand(
        "enrol-profile", "the profile that lets one phone or tablet in: a file with a secret of one use");
    profile->add_option("--for", wish.label, "whose phone it is for, as you will know it")->required();
    profile->add_option("--to", wish.file, "the new file, NAME.mobileconfig")->required();
    profile->add_option("--group", wish.group, "the group that it joins: id or name");
    profile->add_flag("--personal", wish.personal,
                      "it is a person's own: the least is asked, and nothing is changed");
    profile->add_flag("--trusted-already", wish.trusted_already,
                      "phones know who certifies this server: the profile does not bring its authority");
    profile->add_option("--hours", wish.hours, "hours until it ends")->check(CLI::Range(1, 720));
    builder.does(profile, [&wish](const Flow& flow) { return make_apple_profile(flow, wish); });
}

} // namespace oakum::cli
