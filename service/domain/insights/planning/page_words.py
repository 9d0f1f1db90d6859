"""What the plan's page says for readers who know nothing of the rules, in every language."""

from collections.abc import Mapping

from service.domain.languages import Language

PageWords = Mapping[str, str]

_SAID: Mapping[str, tuple[str, str, str, str, str]] = {
    "summary": (
        "At a glance",
        "Auf einen Blick",
        "De un vistazo",
        "概览",
        "總覽",
    ),
    "date": ("As of", "Stand vom", "A fecha de", "截至", "截至"),
    "map": ("Map", "Karte", "Mapa", "地图", "地圖"),
    "size": (
        "{title} (stages: {stages}, actions to do: {actions})",
        "{title} (Phasen: {stages}, offene Aufgaben: {actions})",
        "{title} (etapas: {stages}, acciones pendientes: {actions})",
        "{title}（阶段：{stages}，待办行动：{actions}）",
        "{title}（階段：{stages}，待辦行動：{actions}）",
    ),
    "for": ("Who it is for", "Für wen", "Para quién", "面向人群", "面向對象"),
    "first": (
        "What to do first",
        "Was zuerst zu tun ist",
        "Qué hacer primero",
        "首先要做的事",
        "首先要做的事",
    ),
    "worst": (
        "Where it is weakest",
        "Wo es am schwächsten ist",
        "Lo más débil",
        "最薄弱之处",
        "最薄弱之處",
    ),
    "missing": (
        "What is missing, and why it matters",
        "Was fehlt, und warum das zählt",
        "Qué falta y por qué importa",
        "缺少什么，为何重要",
        "缺少什麼，為何重要",
    ),
    "no_stages": (
        "The map has no stages yet, so there is nothing to plan for.",
        "Die Karte hat noch keine Phasen; so gibt es nichts, wofür zu planen wäre.",
        "El mapa aún no tiene etapas, así que no hay nada que planificar.",
        "地图还没有阶段，因此没有可计划的内容。",
        "地圖還沒有階段，因此沒有可規劃的內容。",
    ),
    "no_message": (
        "Goals, questions and what decides are not told of {stages}:"
        " without them nobody knows what to say there.",
        "Ziele, Fragen und was entscheidet fehlen in {stages}:"
        " ohne sie weiß niemand, was dort zu sagen ist.",
        "Faltan objetivos, preguntas y qué decide en {stages}:"
        " sin ellos nadie sabe qué decir allí.",
        "{stages}没有目标、疑问和决定因素：因此无从得知该说什么。",
        "{stages}沒有目標、疑問和決定因素：因此無從得知該說什麼。",
    ),
    "no_owner": (
        "No department owns {stages}: nobody sees to it that something happens there.",
        "Keine Abteilung ist zuständig für {stages}:"
        " niemand sorgt dafür, dass dort etwas geschieht.",
        "Ningún departamento responde de {stages}: nadie se ocupa de que allí pase algo.",
        "{stages}没有负责部门：没有人推动那里的工作。",
        "{stages}沒有負責部門：沒有人推動那裡的工作。",
    ),
    "no_touchpoints": (
        "People meet us nowhere in {stages}: what we say cannot reach them there.",
        "Nirgends treffen Menschen uns in {stages}: was wir sagen, erreicht sie dort nicht.",
        "En {stages} nadie nos encuentra: lo que decimos no llega allí.",
        "{stages}没有接触点：我们的信息无法到达客户。",
        "{stages}沒有接觸點：我們的訊息無法到達客戶。",
    ),
    "no_content": (
        "There is no content for {stages}: what people ask there stays without an answer of ours.",
        "Es gibt keine Inhalte für {stages}: was dort gefragt wird, bleibt von uns unbeantwortet.",
        "No hay contenidos para {stages}: lo que allí se pregunta queda sin nuestra respuesta.",
        "{stages}没有内容：那里的疑问得不到我们的回答。",
        "{stages}沒有內容：那裡的疑問得不到我們的回答。",
    ),
    "no_actions": (
        "No action is planned for {stages}: nothing will become better there by itself.",
        "Keine Aufgabe ist geplant für {stages}: von selbst wird dort nichts besser.",
        "No hay acciones previstas para {stages}: nada mejorará allí por sí solo.",
        "{stages}没有计划行动：情况不会自行改善。",
        "{stages}沒有規劃行動：情況不會自行改善。",
    ),
    "no_costs": (
        "Nobody has said what {count} of {all} planned items cost:"
        " the sums here are the least it will be.",
        "Bei {count} von {all} Vorhaben hat niemand die Kosten genannt:"
        " die Summen hier sind das Mindeste.",
        "De {count} de {all} elementos previstos nadie ha dicho el coste: las sumas son el mínimo.",
        "{all} 个计划项目中有 {count} 个尚未注明费用：此处合计仅为下限。",
        "{all} 個規劃項目中有 {count} 個尚未註明費用：此處合計僅為下限。",
    ),
    "every_stage": ("every stage", "alle Phasen", "todas las etapas", "所有阶段", "所有階段"),
    "where": ("Where", "Wo", "Dónde", "位置", "位置"),
    "what": ("What", "Was", "Qué", "内容", "內容"),
    "place": ("No.", "Nr.", "N.º", "序号", "序號"),
    "sure": ("How sure", "Wie sicher", "Certeza", "把握程度", "把握程度"),
    "promise": (
        "How much it could help",
        "Wie viel es helfen könnte",
        "Cuánto podría ayudar",
        "潜在帮助",
        "潛在幫助",
    ),
    "much": ("much", "viel", "mucho", "很大", "很大"),
    "some": ("some", "einiges", "algo", "一定", "一定"),
    "little": ("little", "wenig", "poco", "较小", "較小"),
    "severe": ("severe", "schwer", "grave", "严重", "嚴重"),
    "middling": ("middling", "mittel", "media", "中等", "中等"),
    "slight": ("slight", "leicht", "leve", "轻微", "輕微"),
    "of_100": (
        "{word} ({value} of 100)",
        "{word} ({value} von 100)",
        "{word} ({value} de 100)",
        "{word}（{value}/100）",
        "{word}（{value}/100）",
    ),
    "per_cent": ("{0}%", "{0}\u00a0%", "{0}\u00a0%", "{0}%", "{0}%"),
    "decimal": (".", ",", ",", ".", "."),
    "thousands": (",", ".", ".", ",", ","),
    "quoted": ("“{0}”", "„{0}“", "«{0}»", "“{0}”", "「{0}」"),
    "between": (", ", ", ", ", ", "、", "、"),
    "others_here": (
        "And {0} more of less weight; the list of gaps tells all of them.",
        "Und {0} weitere von weniger Gewicht; die Liste der Lücken nennt sie alle.",
        "Y {0} más de menor peso; la lista de brechas las recoge todas.",
        "另有 {0} 项较轻的，缺口清单列出全部。",
        "另有 {0} 項較輕的，缺口清單列出全部。",
    ),
    "others_to_do": (
        "And {0} more, told with their stages below.",
        "Und {0} weitere, unten bei ihren Phasen.",
        "Y {0} más, abajo en sus etapas.",
        "另有 {0} 项，见下文各阶段。",
        "另有 {0} 項，見下文各階段。",
    ),
    "whole_map": (
        "the whole map",
        "die ganze Karte",
        "todo el mapa",
        "整张地图",
        "整張地圖",
    ),
    "reading": (
        "How to read this plan",
        "Wie dieser Plan zu lesen ist",
        "Cómo leer este plan",
        "如何阅读本计划",
        "如何閱讀本計畫",
    ),
    "reading_severity": (
        "Severity goes from 0 to 100: the higher, the more a place hurts the journey.",
        "Die Schwere geht von 0 bis 100: je höher, desto mehr schadet die Stelle der Reise.",
        "La gravedad va de 0 a 100: cuanto más alta, más daña ese punto el recorrido.",
        "严重程度从 0 到 100：越高，对旅程的损害越大。",
        "嚴重程度從 0 到 100：越高，對旅程的損害越大。",
    ),
    "reading_sure": (
        "How sure: how much is known of what the severity is made of.",
        "Wie sicher: wie viel von dem bekannt ist, woraus die Schwere sich ergibt.",
        "Certeza: cuánto se conoce de lo que compone la gravedad.",
        "把握程度：构成严重程度的信息中已知的比例。",
        "把握程度：構成嚴重程度的資訊中已知的比例。",
    ),
    "reading_order": (
        "Actions stand in the order of what they are worth for their effort;"
        " those without a number lack a figure for it.",
        "Aufgaben stehen in der Reihenfolge dessen, was sie für ihren Aufwand bringen;"
        " denen ohne Nummer fehlt eine Angabe dazu.",
        "Las acciones siguen el orden de lo que aportan por su esfuerzo;"
        " a las que no llevan número les falta un dato.",
        "行动按其价值与工作量之比排序；没有序号的缺少相关数据。",
        "行動按其價值與工作量之比排序；沒有序號的缺少相關數據。",
    ),
}
_ORDER = (Language.EN, Language.DE, Language.ES, Language.ZH_HANS, Language.ZH_HANT)
PAGE_WORDS: Mapping[Language, PageWords] = {
    language: {name: said[n] for name, said in _SAID.items()} for n, language in enumerate(_ORDER)
}
"""The words of each language, by name; `{…}` stands for what is filled in."""
