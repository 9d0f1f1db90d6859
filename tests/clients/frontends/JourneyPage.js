// A page as Relay has it: fragments that are refetched by the global id, lists that go on where they
// ended, and writes that change what is shown. Compiled, not run: there is no React here.

import { graphql } from "react-relay";

graphql`
  query JourneyPageQuery($id: ID!) {
    journey(id: $id) {
      title
      ...JourneyPage_curve
      ...JourneyPage_comments
    }
    ...JourneyPage_touchpoints
  }
`;

graphql`
  fragment JourneyPage_curve on Journey
  @refetchable(queryName: "JourneyPageCurveRefetchQuery")
  @argumentDefinitions(personaId: { type: "ID" }) {
    version
    emotionCurve(personaId: $personaId) {
      mean
      points {
        rating
      }
    }
  }
`;

graphql`
  fragment JourneyPage_comments on Journey
  @refetchable(queryName: "JourneyPageCommentsPaginationQuery")
  @argumentDefinitions(
    count: { type: "Int", defaultValue: 2 }
    cursor: { type: "String" }
    last: { type: "Int" }
    before: { type: "String" }
  ) {
    comments(first: $count, after: $cursor, last: $last, before: $before)
      @connection(key: "JourneyPage_comments") {
      edges {
        node {
          ...JourneyPage_comment
        }
      }
    }
  }
`;

graphql`
  fragment JourneyPage_comment on Comment {
    text
    resolved
  }
`;

graphql`
  fragment JourneyPage_touchpoints on Query
  @refetchable(queryName: "JourneyPageTouchpointsPaginationQuery")
  @argumentDefinitions(count: { type: "Int", defaultValue: 2 }, cursor: { type: "String" }) {
    touchpoints(first: $count, after: $cursor, sort: "name")
      @connection(key: "JourneyPage_touchpoints", filters: ["sort"]) {
      totalCount
      edges {
        node {
          name
        }
      }
    }
  }
`;

graphql`
  mutation JourneyPageSayMutation($input: CommentInput!, $connections: [ID!]!) {
    createComment(input: $input) {
      comment @prependNode(connections: $connections, edgeTypeName: "CommentEdge") {
        ...JourneyPage_comment
      }
      userErrors {
        code
        pointer
      }
    }
  }
`;

graphql`
  mutation JourneyPageTakeBackMutation($id: ID!, $connections: [ID!]!) {
    deleteComment(id: $id) {
      deletedId @deleteEdge(connections: $connections) @deleteRecord
      userErrors {
        code
      }
    }
  }
`;
