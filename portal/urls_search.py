"""URLs of the search beside the course list: suggestions while typing, and the everyday words at the desk."""

from django.urls import path

from portal.views import desk_synonyms, suggestions

urlpatterns = [
    path("courses/suggest/", suggestions.suggest, name="suggest"),
    path("desk/synonyms/", desk_synonyms.synonym_list, name="desk_synonyms"),
    path("desk/synonyms/new/", desk_synonyms.new, name="desk_synonym_new"),
    path("desk/synonyms/new/try/", desk_synonyms.try_words, name="desk_synonym_try_new"),
    path("desk/synonyms/<slug:public_id>/", desk_synonyms.synonym, name="desk_synonym"),
    path("desk/synonyms/<slug:public_id>/try/", desk_synonyms.try_words, name="desk_synonym_try"),
    path("desk/synonyms/<slug:public_id>/retire/", desk_synonyms.retire, name="desk_synonym_retire"),
]
