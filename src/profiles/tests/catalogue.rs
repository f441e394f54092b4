//! The profiles that are compiled in.

use crate::model::{CatalogueFiles, ProfileId};
use crate::profiles::{ProfileSet, Scope};

fn set() -> ProfileSet {
    ProfileSet::load(&CatalogueFiles::embedded()).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

fn id(text: &str) -> ProfileId {
    text.parse().unwrap()
}

#[test]
fn the_items_of_gbt_22239_are_as_many_as_published() {
    let set = set();
    for (profile, published) in
        [("gbt-22239-2019-l2", [135, 29, 14, 7, 15]), ("gbt-22239-2019-l3", [211, 46, 19, 20, 21])]
    {
        let profile = set.get(&id(profile)).unwrap();
        let found = Scope::ALL.iter().map(|scope| profile.items.iter().filter(|i| i.scope == *scope).count());
        assert_eq!(found.collect::<Vec<_>>(), published, "{}", profile.id);
    }
}
