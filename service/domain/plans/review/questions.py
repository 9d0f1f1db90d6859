"""The four questions of a review, in every language of ours."""

from collections.abc import Mapping

from service.domain.languages import Language

QUESTIONS: Mapping[Language, Mapping[str, str]] = {
    Language.EN: {
        "broke_or_moved": "What broke or moved since the last review?",
        "changed": "What have we changed since then, and what changed around us?",
        "experience_differs": "How does what customers experience differ from six months ago?",
        "new_gaps": "Which new gaps have appeared?",
    },
    Language.DE: {
        "broke_or_moved": "Was ist seit der letzten Prüfung ausgefallen oder verschoben worden?",
        "changed": "Was haben wir seither geändert, und was hat sich um uns herum geändert?",
        "experience_differs": "Was erleben Kundinnen und Kunden anders als vor sechs Monaten?",
        "new_gaps": "Welche neuen Lücken sind entstanden?",
    },
    Language.ES: {
        "broke_or_moved": "¿Qué ha fallado o se ha movido desde la última revisión?",
        "changed": "¿Qué hemos cambiado desde entonces y qué ha cambiado a nuestro alrededor?",
        "experience_differs": "¿En qué difiere la experiencia de los clientes de la de hace seis"
        " meses?",
        "new_gaps": "¿Qué brechas nuevas han aparecido?",
    },
    Language.ZH_HANS: {
        "broke_or_moved": "自上次评审以来，哪些环节出了问题或有所变动？",
        "changed": "此后我们改变了什么，周围又有哪些变化？",
        "experience_differs": "客户的体验与六个月前有何不同？",
        "new_gaps": "出现了哪些新的缺口？",
    },
    Language.ZH_HANT: {
        "broke_or_moved": "自上次評審以來，哪些環節出了問題或有所變動？",
        "changed": "此後我們改變了什麼，周圍又有哪些變化？",
        "experience_differs": "客戶的體驗與六個月前有何不同？",
        "new_gaps": "出現了哪些新的缺口？",
    },
}
