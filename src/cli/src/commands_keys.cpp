// SPDX-License-Identifier: Apache-2.0
#include "command_builder.hpp"

#include "keys.hpp"

namespace oakum::cli {
namespace {

void from_here(CLI::App* command, KeyWish& wish) {
    command
        ->add_option("--from", wish.from,
                     "the folder with root.json and targets.json: keys/public of the server")
        ->required();
    command->add_option("--file", wish.file, "the new file that is to be signed")->required();
}

void may_change(CLI::App* command, KeyWish& wish) {
    from_here(command, wish);
    command
        ->add_option("--add", wish.add,
                     "ROLE=FILE.pub: another key of root, targets, snapshot, timestamp, director or log")
        ->take_all();
    command->add_option("--threshold", wish.threshold, "ROLE=N: how many of its keys must sign")->take_all();
}

void may_name_module(CLI::App* command, KeyWish& wish) {
    command
        ->add_option(
            "--module", wish.module,
            "the library (.so) that speaks to the token; unless told (or OAKUM_PKCS11_MODULE), those "
            "that this machine is configured with")
        ->envname("OAKUM_PKCS11_MODULE")
        ->check(CLI::ExistingFile);
}

} // namespace

void add_keys(Builder& builder) {
    Session& session = builder.session;
    KeyWish& wish = builder.given.key_wish;
    const auto on = [&](CLI::App* command, base::Status (*does)(const Console&, const KeyWish&)) {
        builder.on(command, [&session, &wish, does] { return does(session.console, wish); });
    };
    CLI::App* create = builder.noun("key")->add_subcommand(
        "create", "a new signing key in a file under a passphrase, and its public half beside it");
    create->add_option("file", wish.file, "the new file; with --online the folder that it is made in")
        ->required();
    auto* const holder =
        create->add_option("--holder", wish.holder, "whose it is: letters, digits, '.', '_', '-'");
    auto* const online = create->add_option(
        "--online", wish.online,
        "snapshot, timestamp, director or log: without a passphrase, in keys/online of the server");
    online->excludes(holder);
    auto* const token = create->add_option(
        "--token", wish.token,
        "in a PKCS#11 token (a smartcard, an HSM) and not in a file: the key that this URI names, such as "
        "pkcs11:token=anna;object=oakum; the file says where it is");
    token->excludes(online);
    create
        ->add_option("--generate", wish.generate,
                     "make it there first: ed25519, or p256 where the token has no other")
        ->needs(token)
        ->check(CLI::IsMember({"ed25519", "p256"}));
    may_name_module(create, wish);
    on(create, create_key);

    CLI::App* list = builder.noun("key")->add_subcommand(
        "show", "what a key file, a root, or a file that is to be signed says");
    list->add_option("file", wish.file, "the file")->required();
    on(list, show_key);

    CLI::App* sign = builder.noun("key")->add_subcommand(
        "sign", "say in words what a file holds, ask, and add the signatures of one key");
    sign->add_option("file", wish.file, "the file that is to be signed")->required();
    sign->add_option("--key", wish.key, "the file of the private key, or that says in which token it is")
        ->required();
    may_name_module(sign, wish);
    auto* const root = sign->add_option(
        "--root", wish.root,
        "the root that you keep, or the file that made it: what starts from another one is not signed");
    sign->add_option(
        "--list", wish.list,
        "the list of releases that you keep, or the file that you signed last: what starts from an "
        "older one is not signed; without it every release is shown");
    sign->add_flag("--without-root", wish.without_root, "you keep no root yet: believe the one in the file")
        ->excludes(root);
    sign->add_flag("--yes", wish.yes, "do not ask");
    on(sign, sign_with_key);

    CLI::App* rotate = builder.noun("key")->add_subcommand(
        "rotate", "the next root: other keys, another threshold, or the same for another year");
    may_change(rotate, wish);
    rotate
        ->add_option("--remove", wish.remove,
                     "ROLE=KEY: by its id, the first eight digits of it, or its holder")
        ->take_all();
    on(rotate, rotate_keys);

    CLI::App* renew = builder.noun("key")->add_subcommand(
        "renew", "the same list of releases for another 90 days: before it expires, and after a restore");
    from_here(renew, wish);
    renew
        ->add_option("--without", wish.remove,
                     "the path of a release that is to be withdrawn; may be given again")
        ->take_all();
    on(renew, renew_targets);

    CLI::App* revoke =
        builder.noun("key")->add_subcommand("revoke", "the next root, without one key wherever it stands");
    revoke->add_option("key", wish.key, "its id, the first eight digits of it, or its holder")->required();
    may_change(revoke, wish);
    on(revoke, revoke_key);
}

} // namespace oakum::cli
