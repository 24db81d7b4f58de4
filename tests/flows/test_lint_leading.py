"""Questions that hint at their answer are found, in every language that we are sure of."""

from __future__ import annotations

import pytest

from flows.lint_leading import bragging, leading_questions


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Don't you think the park needs more swings?", "en"),
        ("Wouldn’t it be nice to have a pool?", "en"),
        ("But isn't the plan good?", "en"),
        ("The park is lovely, isn't it?", "en"),
        ("You like the park, right?", "en"),
        ("Do you agree that buses cost too much?", "en"),
        ("Would you agree with the plan?", "en"),
        ("To what extent do you agree with the plan?", "en"),
        ("How good was the event?", "en"),
        ("How great are the new buses?", "en"),
        ("How much do you enjoy school?", "en"),
        ("Obviously the park is too small. What should we do?", "en"),
        ("Most people think the plan is right. What do you think?", "en"),
        ("Everybody knows that buses are late. How do you travel?", "en"),
        ("Onid yw'r parc yn rhy fach?", "cy"),
        ("Wyt ti'n cytuno bod y parc yn rhy fach?", "cy"),
        ("Dydych chi ddim yn meddwl bod y parc yn hardd?", "cy"),
        ("Pa mor dda oedd y digwyddiad?", "cy"),
        ("Mae pawb yn gwybod hyn. Beth amdanat ti?", "cy"),
        ("Czy nie uważasz, że park jest za mały?", "pl"),
        ("Park jest ładny, prawda?", "pl"),
        ("Czy zgadzasz się, że autobusy są drogie?", "pl"),
        ("Jak dobry był ten dzień?", "pl"),
        ("Jak bardzo podobał ci się dzień?", "pl"),
        ("Oczywiście park jest za mały. Co robić?", "pl"),
        ("ألا تعتقد أن الحديقة صغيرة؟", "ar"),
        ("هل توافق على الخطة؟", "ar"),
    ],
)
def test_a_question_that_leads_is_found(text: str, language: str) -> None:
    findings = list(leading_questions(text, language))
    assert [finding.rule for finding in findings] == ["leading"]
    assert findings[0].mend


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What do you think of the park?", "en"),
        ("How good or bad was the event?", "en"),
        ("Do you agree or disagree that buses cost too much?", "en"),
        ("How strongly do you agree or disagree?", "en"),
        ("How safe do you feel?", "en"),
        ("How much do you like or dislike school?", "en"),
        ("How clearly did we explain it?", "en"),
        ("What would a good day be like?", "en"),
        ("What did you like most?", "en"),
        ("If it isn't the bus, how do you travel?", "en"),
        ('What do you think when people say "of course"?', "en"),
        ("Wyt ti'n cytuno neu'n anghytuno bod y parc yn rhy fach?", "cy"),
        ("Pa mor dda neu wael oedd y digwyddiad?", "cy"),
        ("Beth yw dy farn am y parc?", "cy"),
        ("Czy zgadzasz się, czy nie?", "pl"),
        ("Jak często tam chodzisz?", "pl"),
        ("Jak dobry lub zły był ten dzień?", "pl"),
        ("ما رأيك في الحديقة؟", "ar"),
        ("هل توافق أم لا؟", "ar"),
        ("¿No crees que el parque es pequeño?", "es"),
    ],
)
def test_a_question_that_leaves_it_open_is_left_alone(text: str, language: str) -> None:
    assert list(leading_questions(text, language)) == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Tell us about our excellent parks.", "en"),
        ("What do you think of the council's new award-winning library?", "en"),
        ("Beth yw dy farn am ein parciau newydd gwych?", "cy"),
        ("Co sądzisz o naszych wspaniałych parkach?", "pl"),
    ],
)
def test_nobody_praises_what_people_are_asked_about(text: str, language: str) -> None:
    assert [finding.rule for finding in bragging(text, language)] == ["leading"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What makes a great park?", "en"),
        ("Our parks are where children play.", "en"),
        ("What would an excellent school be like?", "en"),
        ("Ein parciau ni yw'r rhain.", "cy"),
        ("Nasze parki są dla was.", "pl"),
        ("نحب حدائقنا", "ar"),
    ],
)
def test_good_things_may_be_asked_for(text: str, language: str) -> None:
    assert list(bragging(text, language)) == []
